//go:build shopify

package main

import (
	"time"

	"github.com/IBM/sarama"
)

// Strategies of assignment by name, which had no constructors then. An empty name is none of them.
var strategies = map[string]func() sarama.BalanceStrategy{
	"range":      func() sarama.BalanceStrategy { return sarama.BalanceStrategyRange },
	"roundrobin": func() sarama.BalanceStrategy { return sarama.BalanceStrategyRoundRobin },
	"sticky":     func() sarama.BalanceStrategy { return sarama.BalanceStrategySticky },
}

// It commits with OffsetCommit 1, which is gone from Kafka 4, unless it says how long to keep what it
// commits; then with 2.
func ofThisRelease(config *sarama.Config) {
	config.Consumer.Offsets.Retention = 24 * time.Hour
}
