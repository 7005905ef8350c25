//go:build !shopify

package main

import "github.com/IBM/sarama"

// Strategies of assignment by name. An empty name is none of them: the default.
var strategies = map[string]func() sarama.BalanceStrategy{
	"range":              sarama.NewBalanceStrategyRange,
	"roundrobin":         sarama.NewBalanceStrategyRoundRobin,
	"sticky":             sarama.NewBalanceStrategySticky,
	"cooperative-sticky": sarama.NewBalanceStrategyCooperativeSticky,
}

func ofThisRelease(*sarama.Config) {}

var newTransactional = sarama.NewSyncProducer

const fenced = sarama.ErrProducerFenced

func addToTransaction(producer sarama.SyncProducer, message claimed, group string) error {
	member := sarama.NewConsumerGroupMetadataFromSession(message.session, group, nil)
	return producer.AddMessageToTxnWithGroupMetadata(message.ConsumerMessage, member, nil)
}
