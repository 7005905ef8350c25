//go:build shopify

package main

import (
	"errors"
	"time"

	"github.com/IBM/sarama"
	"odradek/checks"
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

// NewTransactional waits until the transaction of the one before is aborted, for which it had no patience
// then.
func newTransactional(brokers []string, config *sarama.Config) (sarama.SyncProducer, error) {
	deadline := time.Now().Add(checks.Patience)
	for ; ; time.Sleep(20 * time.Millisecond) {
		producer, err := sarama.NewSyncProducer(brokers, config)
		if !errors.Is(err, sarama.ErrConcurrentTransactions) || time.Now().After(deadline) {
			return producer, err
		}
	}
}

// It ends transactions with EndTxn 0, which knows no other error for it.
const fenced = sarama.ErrInvalidProducerEpoch

func addToTransaction(producer sarama.SyncProducer, message claimed, group string) error {
	return producer.AddMessageToTxn(message.ConsumerMessage, group, nil)
}
