// Sarama while brokers crash (../../failover): an idempotent AsyncProducer, partition consumers.
package main

import (
	"log"
	"strconv"
	"sync"
	"time"

	"github.com/IBM/sarama"
	"odradek/checks"
)

func config() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Producer.Idempotent = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Net.MaxOpenRequests = 1
	config.Producer.Return.Successes = true
	config.Producer.Partitioner = sarama.NewManualPartitioner
	// Three times, which is the default, is over before another leader is elected.
	config.Producer.Retry.Max = 1000
	config.Metadata.Retry.Max = 100
	config.Consumer.Retry.Backoff = 50 * time.Millisecond // two seconds, by default
	return config
}

func main() {
	failover := checks.NewFailover()
	readAll(failover)

	producer, err := sarama.NewAsyncProducer(checks.Bootstrap(), config())
	if err != nil {
		log.Fatal(err)
	}
	var answers sync.WaitGroup
	answers.Go(func() {
		for message := range producer.Successes() {
			failover.Acked(message.Partition, message.Metadata.(int64), message.Offset)
		}
	})
	answers.Go(func() {
		for failure := range producer.Errors() {
			failover.GaveUp(failure.Msg.Partition, failure.Msg.Metadata.(int64), failure.Err)
		}
	})
	failover.Write(func(partition int32, number int64) {
		producer.Input() <- &sarama.ProducerMessage{
			Topic: failover.Topic, Partition: partition, Metadata: number,
			Value: sarama.StringEncoder(strconv.FormatInt(number, 10)),
		}
	})
	producer.AsyncClose() // it closes both channels when all has been answered
	answers.Wait()
	failover.AwaitReader()
}

func readAll(failover *checks.Failover) {
	consumer, err := sarama.NewConsumer(checks.Bootstrap(), config())
	if err != nil {
		log.Fatal(err)
	}
	for _, partition := range failover.Partitions {
		messages, err := consumer.ConsumePartition(failover.Topic, partition, 0)
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			for message := range messages.Messages() {
				failover.Read(message.Partition, message.Offset, message.Value)
			}
			log.Fatalf("the consumer of partition %d has ended", partition)
		}()
	}
}
