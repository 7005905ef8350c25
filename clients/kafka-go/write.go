package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"odradek/checks"
)

func (p *Program) checkWriter(report *checks.Report) {
	report.Check("produce-uncompressed", p.roundTrip(checks.Unkeyed("uncompressed", 12), nil))
	for _, codec := range []kafka.Compression{kafka.Gzip, kafka.Snappy, kafka.Lz4, kafka.Zstd} {
		records := checks.Unkeyed(codec.String(), 12)
		report.Check("produce-"+codec.String(), p.roundTrip(records, func(writer *kafka.Writer) {
			writer.Compression = codec
		}))
	}
	report.Check("acks-0", p.unanswered)
	report.Check("acks-1", p.roundTrip(checks.Unkeyed("acks-1", 5), func(writer *kafka.Writer) {
		writer.RequiredAcks = kafka.RequireOne
	}))
	report.Check("acks-all", p.roundTrip(checks.Unkeyed("acks-all", 5), nil))
	report.Check("keyed", p.keyed)
	report.Check("unkeyed", p.roundTrip(checks.Unkeyed("unkeyed", 30), nil))
	report.Check("null-value", p.nullValue)
	report.Check("headers", p.roundTrip(nullForEmpty(checks.WithHeaders()), nil))
	report.Check("sizes", p.roundTrip(checks.Sizes(), nil))
	report.Lacks("idempotent", "a Writer has no producer id")
}

// Writer is made for LeastBytes and acks=all, unless changed.
func (p *Program) writer(change func(*kafka.Writer)) *kafka.Writer {
	writer := &kafka.Writer{
		Addr:         p.brokers,
		Topic:        p.topic,
		Balancer:     &kafka.LeastBytes{},
		RequiredAcks: kafka.RequireAll,
		BatchTimeout: 5 * time.Millisecond, // it would wait a second for a batch to fill
		Transport:    p.client.Transport,
	}
	if change != nil {
		change(writer)
	}
	return writer
}

// RoundTrip writes with a Writer of its own, and reads back where that says it wrote.
func (p *Program) roundTrip(
	records []checks.Record, change func(*kafka.Writer),
) func() (string, error) {
	return func() (string, error) {
		if err := p.write(records, change); err != nil {
			return "", err
		}
		return p.journal.ReadBack(records, p.read)
	}
}

func (p *Program) write(records []checks.Record, change func(*kafka.Writer)) (err error) {
	writer := p.writer(change)
	defer func() { err = errors.Join(err, writer.Close()) }()
	// Only the completion of a batch tells where its messages are; batches complete side by side.
	var one sync.Mutex
	writer.Completion = func(messages []kafka.Message, err error) {
		one.Lock()
		defer one.Unlock()
		for _, message := range messages {
			record := &records[message.WriterData.(int)]
			record.Partition, record.Offset = int32(message.Partition), message.Offset
		}
	}
	messages := make([]kafka.Message, len(records))
	for i, record := range records {
		messages[i] = messageOf(record)
		messages[i].WriterData = i
	}
	return writer.WriteMessages(p.ctx, messages...)
}

func messageOf(record checks.Record) kafka.Message {
	message := kafka.Message{Key: record.Key, Value: record.Value, Time: record.Timestamp}
	for _, header := range record.Headers {
		message.Headers = append(message.Headers, kafka.Header{Key: header.Key, Value: header.Value})
	}
	return message
}

// A Reader shows what is empty as null, so there is nothing to compare an empty value with.
func nullForEmpty(records []checks.Record) []checks.Record {
	for i := range records {
		if len(records[i].Value) == 0 {
			records[i].Value = nil
		}
		for j, header := range records[i].Headers {
			if len(header.Value) == 0 {
				records[i].Headers[j].Value = nil
			}
		}
	}
	return records
}

// Without an answer the Writer cannot know an offset: it is the end of the log, as we are alone.
func (p *Program) unanswered() (string, error) {
	records := checks.Unkeyed("acks-0", 5)
	_, end, err := p.bounds(1)
	if err != nil {
		return "", err
	}
	err = p.write(slices.Clone(records), func(writer *kafka.Writer) {
		writer.RequiredAcks = kafka.RequireNone
		writer.Balancer = kafka.BalancerFunc(func(kafka.Message, ...int) int { return 1 })
	})
	if err != nil {
		return "", err
	}
	for i := range records {
		records[i].Partition, records[i].Offset = 1, end+int64(i)
	}
	return p.journal.ReadBack(records, p.read)
}

// Each of the balancers by key decides for itself; the messages are where it says.
func (p *Program) keyed() (string, error) {
	for _, balancer := range []kafka.Balancer{
		&kafka.Hash{}, &kafka.ReferenceHash{}, kafka.CRC32Balancer{}, kafka.Murmur2Balancer{},
	} {
		records := checks.Keyed("red", "green", "blue", "yellow", "black", "white")
		change := func(writer *kafka.Writer) { writer.Balancer = balancer }
		if _, err := p.roundTrip(records, change)(); err != nil {
			return "", err
		}
		for _, record := range records {
			chosen := balancer.Balance(messageOf(record), 0, 1, 2)
			if chosen != int(record.Partition) {
				return "", fmt.Errorf("%T: %q is in partition %d, not %d",
					balancer, record.Key, record.Partition, chosen)
			}
		}
	}
	return "Hash, ReferenceHash, CRC32Balancer, Murmur2Balancer", nil
}

// A Client shows what a Reader does not: that the value is null, and not empty.
func (p *Program) nullValue() (string, error) {
	records := nullForEmpty(checks.NullValues())
	detail, err := p.roundTrip(records, nil)()
	if err != nil {
		return "", err
	}
	answer, err := p.client.Fetch(p.ctx, &kafka.FetchRequest{
		Topic: p.topic, Partition: int(records[1].Partition), Offset: records[1].Offset,
	})
	if err != nil {
		return "", err
	}
	record, err := answer.Records.ReadRecord()
	if err == nil && record.Value != nil {
		err = fmt.Errorf("a Client reads a value of %d bytes", record.Value.Len())
	}
	return detail, err
}
