package main

import (
	"errors"
	"fmt"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"odradek/checks"
)

func (p *Program) checkProducer(report *checks.Report) {
	report.Check("produce-uncompressed", p.roundTrip(checks.Unkeyed("uncompressed", 12), nil))
	for _, codec := range []string{"gzip", "snappy", "lz4", "zstd"} {
		report.Check("produce-"+codec,
			p.roundTrip(checks.Unkeyed(codec, 12), kafka.ConfigMap{"compression.type": codec}))
	}
	report.Check("acks-0", p.unanswered)
	report.Check("acks-1", p.roundTrip(checks.Unkeyed("acks-1", 5), kafka.ConfigMap{"acks": "1"}))
	report.Check("acks-all",
		p.roundTrip(checks.Unkeyed("acks-all", 5), kafka.ConfigMap{"acks": "all"}))
	report.Check("idempotent", p.roundTrip(checks.Unkeyed("idempotent", 30),
		kafka.ConfigMap{"enable.idempotence": true}))
	report.Check("keyed", p.keyed)
	report.Check("unkeyed", p.roundTrip(checks.Unkeyed("unkeyed", 30),
		kafka.ConfigMap{"partitioner": "random", "sticky.partitioning.linger.ms": 0}))
	report.Check("null-value", p.roundTrip(checks.NullValues(), nil))
	report.Check("headers", p.roundTrip(checks.WithHeaders(), nil))
	report.Check("sizes", p.roundTrip(checks.Sizes(), kafka.ConfigMap{"message.max.bytes": 1 << 20}))
}

// RoundTrip writes with a producer of its own, and reads back where its delivery reports say.
func (p *Program) roundTrip(records []checks.Record, extra kafka.ConfigMap) func() (string, error) {
	return func() (string, error) {
		if err := p.write(records, kafka.PartitionAny, extra); err != nil {
			return "", err
		}
		return p.journal.ReadBack(records, p.read)
	}
}

func (p *Program) write(records []checks.Record, partition int32, extra kafka.ConfigMap) error {
	for i := range records {
		records[i].Partition = partition
	}
	return p.send(records, extra)
}

// Send each record to its partition.
func (p *Program) send(records []checks.Record, extra kafka.ConfigMap) error {
	producer, err := kafka.NewProducer(config(extra))
	if err != nil {
		return err
	}
	defer producer.Close()
	return sendWith(producer, p.topic, records)
}

func sendWith(producer *kafka.Producer, topic string, records []checks.Record) error {
	reports := make(chan kafka.Event, len(records))
	for i, record := range records {
		message := messageOf(record)
		message.TopicPartition = kafka.TopicPartition{Topic: &topic, Partition: record.Partition}
		message.Opaque = i
		if err := producer.Produce(message, reports); err != nil {
			return err
		}
	}
	if left := producer.Flush(int(checks.Patience.Milliseconds())); left > 0 {
		return fmt.Errorf("%d messages were not delivered in time", left)
	}
	for range records {
		message := (<-reports).(*kafka.Message)
		if err := message.TopicPartition.Error; err != nil {
			return err
		}
		record := &records[message.Opaque.(int)]
		record.Partition = message.TopicPartition.Partition
		record.Offset = int64(message.TopicPartition.Offset)
	}
	return nil
}

func messageOf(record checks.Record) *kafka.Message {
	message := &kafka.Message{Key: record.Key, Value: record.Value, Timestamp: record.Timestamp}
	for _, header := range record.Headers {
		message.Headers = append(message.Headers, kafka.Header{Key: header.Key, Value: header.Value})
	}
	return message
}

// Without an answer there is no offset in the report: it is the end of the log, as we are alone.
func (p *Program) unanswered() (string, error) {
	_, end, err := p.bounds(1)
	if err != nil {
		return "", err
	}
	records := checks.Unkeyed("acks-0", 5)
	if err := p.write(records, 1, kafka.ConfigMap{"acks": "0"}); err != nil {
		return "", err
	}
	for i := range records {
		records[i].Offset = end + int64(i)
	}
	return p.journal.ReadBack(records, p.read)
}

// Every partitioner by key keeps a key together; the messages are where it says.
func (p *Program) keyed() (string, error) {
	for _, partitioner := range []string{"consistent", "murmur2_random", "fnv1a"} {
		records := checks.Keyed("red", "green", "blue", "yellow", "black", "white")
		_, err := p.roundTrip(records, kafka.ConfigMap{"partitioner": partitioner})()
		if err = errors.Join(err, checks.SameKeySamePartition(records)); err != nil {
			return "", fmt.Errorf("%s: %w", partitioner, err)
		}
	}
	return "consistent, murmur2_random, fnv1a", nil
}
