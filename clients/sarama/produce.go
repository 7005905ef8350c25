package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/IBM/sarama"
	"odradek/checks"
)

func (p *Program) checkProducers(report *checks.Report) {
	report.Check("produce-uncompressed", p.compressed(sarama.CompressionNone))
	report.Check("produce-gzip", p.compressed(sarama.CompressionGZIP))
	report.Check("produce-snappy", p.compressed(sarama.CompressionSnappy))
	report.Check("produce-lz4", p.compressed(sarama.CompressionLZ4))
	if p.client.Config().Version.IsAtLeast(sarama.V2_1_0_0) {
		report.Check("produce-zstd", p.compressed(sarama.CompressionZSTD))
	} else {
		report.Lacks("produce-zstd", "its default Version, 1.0, is older than zstd")
	}

	report.Check("acks-0", p.unanswered)
	report.Check("acks-1", p.roundTrip(checks.Unkeyed("acks-1", 5), nil))
	report.Check("acks-all", p.roundTrip(checks.Unkeyed("acks-all", 5), acksAll))
	report.Check("keyed", p.keyed)
	report.Check("unkeyed", p.roundTrip(checks.Unkeyed("unkeyed", 30),
		partitionedBy(sarama.NewRandomPartitioner)))
	report.Check("manual-partitioner", p.manual)
	report.Check("null-value", p.roundTrip(checks.NullValues(), nil))
	report.Check("headers", p.roundTrip(checks.WithHeaders(), nil))
	report.Check("sizes", p.roundTrip(checks.Sizes(), func(config *sarama.Config) {
		config.Producer.MaxMessageBytes = 1 << 20
	}))
	report.Check("async-producer", p.async)
	report.Check("idempotent", p.roundTrip(checks.Keyed("a", "b", "c", "d"), idempotent))
}

func (p *Program) compressed(codec sarama.CompressionCodec) func() (string, error) {
	records := checks.Unkeyed(codec.String(), 12)
	return p.roundTrip(records, func(config *sarama.Config) { config.Producer.Compression = codec })
}

func idempotent(config *sarama.Config) {
	config.Producer.Idempotent = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Net.MaxOpenRequests = 1
}

func acksAll(config *sarama.Config) { config.Producer.RequiredAcks = sarama.WaitForAll }

func partitionedBy(partitioner sarama.PartitionerConstructor) func(*sarama.Config) {
	return func(config *sarama.Config) {
		config.Producer.Partitioner = partitioner
		config.Producer.RequiredAcks = sarama.WaitForAll
	}
}

// RoundTrip writes with a producer of its own, and reads back where the producer says it wrote.
func (p *Program) roundTrip(
	records []checks.Record, change func(*sarama.Config),
) func() (string, error) {
	return func() (string, error) {
		if err := p.write(records, change); err != nil {
			return "", err
		}
		return p.journal.ReadBack(records, p.read)
	}
}

func (p *Program) write(records []checks.Record, change func(*sarama.Config)) (err error) {
	producer, err := sarama.NewSyncProducer(checks.Bootstrap(), p.config(change))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, producer.Close()) }()
	return p.writeWith(producer, records)
}

func (p *Program) writeWith(producer sarama.SyncProducer, records []checks.Record) error {
	messages := make([]*sarama.ProducerMessage, len(records))
	for i, record := range records {
		messages[i] = p.message(record)
	}
	if err := producer.SendMessages(messages); err != nil {
		var each sarama.ProducerErrors
		if errors.As(err, &each) {
			err = each[0]
		}
		return err
	}
	for i, message := range messages {
		records[i].Partition, records[i].Offset = message.Partition, message.Offset
	}
	return nil
}

func (p *Program) message(record checks.Record) *sarama.ProducerMessage {
	message := &sarama.ProducerMessage{
		Topic: p.topic, Partition: record.Partition, Timestamp: record.Timestamp,
	}
	// An Encoder around nil would still be an Encoder: null is no Encoder at all.
	if record.Key != nil {
		message.Key = sarama.ByteEncoder(record.Key)
	}
	if record.Value != nil {
		message.Value = sarama.ByteEncoder(record.Value)
	}
	for _, header := range record.Headers {
		message.Headers = append(message.Headers,
			sarama.RecordHeader{Key: []byte(header.Key), Value: header.Value})
	}
	return message
}

// Without an answer the producer cannot know an offset: it is the end of the log, as we are alone.
func (p *Program) unanswered() (string, error) {
	records := checks.Unkeyed("acks-0", 5)
	end, err := p.client.GetOffset(p.topic, 1, sarama.OffsetNewest)
	if err != nil {
		return "", err
	}
	for i := range records {
		records[i].Partition = 1
	}
	err = p.write(slices.Clone(records), func(config *sarama.Config) {
		config.Producer.RequiredAcks = sarama.NoResponse
		config.Producer.Partitioner = sarama.NewManualPartitioner
	})
	if err != nil {
		return "", err
	}
	for i := range records {
		records[i].Offset = end + int64(i)
	}
	return p.journal.ReadBack(records, p.read)
}

func (p *Program) keyed() (string, error) {
	records := checks.Keyed("red", "green", "blue", "yellow", "black", "white")
	detail, err := p.roundTrip(records, partitionedBy(sarama.NewHashPartitioner))()
	return detail, errors.Join(err, checks.SameKeySamePartition(records))
}

func (p *Program) manual() (string, error) {
	records := checks.Unkeyed("manual-partitioner", 9)
	for i := range records {
		records[i].Partition = int32(i % 3)
	}
	detail, err := p.roundTrip(records, partitionedBy(sarama.NewManualPartitioner))()
	for i, record := range records {
		if record.Partition != int32(i%3) {
			err = errors.Join(err, fmt.Errorf("record %d went to partition %d", i, record.Partition))
		}
	}
	return detail, err
}

// Async sends into one channel and hears of each message in another.
func (p *Program) async() (string, error) {
	producer, err := sarama.NewAsyncProducer(checks.Bootstrap(), p.config(acksAll))
	if err != nil {
		return "", err
	}
	records := checks.Unkeyed("async-producer", 100)
	go func() {
		for i, record := range records {
			message := p.message(record)
			message.Metadata = i
			producer.Input() <- message
		}
		producer.AsyncClose() // it closes both channels when all has been answered
	}()

	written := make([]checks.Record, 0, len(records))
	for producer.Successes() != nil && len(written) < len(records) {
		select {
		case message, open := <-producer.Successes():
			if !open {
				return "", fmt.Errorf("%d of %d messages were answered", len(written), len(records))
			}
			record := records[message.Metadata.(int)]
			record.Partition, record.Offset = message.Partition, message.Offset
			written = append(written, record)
		case failure := <-producer.Errors():
			if failure != nil {
				return "", failure
			}
		}
	}
	return p.journal.ReadBack(written, p.read)
}
