package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"odradek/checks"
)

func (p *Program) checkProducing(report *checks.Report) {
	compressed := func(name string, codec kgo.CompressionCodec) {
		records := checks.Unkeyed(name, 12)
		report.Check("produce-"+name, p.roundTrip(records, kgo.ProducerBatchCompression(codec)))
	}
	compressed("uncompressed", kgo.NoCompression())
	compressed("gzip", kgo.GzipCompression())
	compressed("snappy", kgo.SnappyCompression())
	compressed("lz4", kgo.Lz4Compression())
	compressed("zstd", kgo.ZstdCompression())
	report.Check("acks-0", p.unanswered)
	report.Check("acks-1", p.roundTrip(checks.Unkeyed("acks-1", 5),
		kgo.RequiredAcks(kgo.LeaderAck()), kgo.DisableIdempotentWrite()))
	report.Check("acks-all", p.roundTrip(checks.Unkeyed("acks-all", 5),
		kgo.RequiredAcks(kgo.AllISRAcks()), kgo.DisableIdempotentWrite()))
	report.Check("idempotent", p.roundTrip(checks.Unkeyed("idempotent", 12)))
	report.Check("keyed", p.keyed)
	report.Check("unkeyed", p.roundTrip(checks.Unkeyed("unkeyed", 30),
		kgo.RecordPartitioner(kgo.RoundRobinPartitioner())))
	report.Check("null-value", p.roundTrip(checks.NullValues()))
	report.Check("headers", p.roundTrip(checks.WithHeaders()))
	report.Check("sizes", p.roundTrip(checks.Sizes(), kgo.ProducerBatchMaxBytes(1<<20)))
}

// RoundTrip writes with a client of its own, and reads back where that says it wrote.
func (p *Program) roundTrip(records []checks.Record, options ...kgo.Opt) func() (string, error) {
	return func() (string, error) {
		if err := p.write(records, options...); err != nil {
			return "", err
		}
		return p.journal.ReadBack(records, p.read)
	}
}

func (p *Program) write(records []checks.Record, options ...kgo.Opt) error {
	producer, err := client(options...)
	if err != nil {
		return err
	}
	defer producer.Close()
	return writeWith(p.ctx, producer, p.topic, records)
}

func writeWith(
	ctx context.Context, producer *kgo.Client, topic string, records []checks.Record,
) error {
	produced := make([]*kgo.Record, len(records))
	for i, record := range records {
		produced[i] = recordFor(record)
		produced[i].Topic = topic
	}
	if err := producer.ProduceSync(ctx, produced...).FirstErr(); err != nil {
		return err
	}
	for i, record := range produced {
		records[i].Partition, records[i].Offset = record.Partition, record.Offset
	}
	return nil
}

func recordFor(record checks.Record) *kgo.Record {
	produced := &kgo.Record{
		Key: record.Key, Value: record.Value, Timestamp: record.Timestamp, Partition: record.Partition,
	}
	for _, header := range record.Headers {
		produced.Headers = append(produced.Headers,
			kgo.RecordHeader{Key: header.Key, Value: header.Value})
	}
	return produced
}

// Without an answer the client cannot know an offset: it is the end of the log, as we are alone.
func (p *Program) unanswered() (string, error) {
	_, end, err := p.bounds(1)
	if err != nil {
		return "", err
	}
	records := onPartition(1, checks.Unkeyed("acks-0", 5))
	err = p.write(records, kgo.RequiredAcks(kgo.NoAck()), kgo.DisableIdempotentWrite(),
		kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		return "", err
	}
	for i := range records {
		records[i].Offset = end + int64(i)
	}
	return p.journal.ReadBack(records, p.read)
}

func onPartition(partition int32, records []checks.Record) []checks.Record {
	for i := range records {
		records[i].Partition = partition
	}
	return records
}

// The partitioner hashes keys as Java does; the records are where it says.
func (p *Program) keyed() (string, error) {
	records := checks.Keyed("red", "green", "blue", "yellow", "black", "white")
	partitioner := kgo.StickyKeyPartitioner(nil)
	detail, err := p.roundTrip(records, kgo.RecordPartitioner(partitioner))()
	for _, record := range records {
		chosen := partitioner.ForTopic(p.topic).Partition(recordFor(record), 3)
		if chosen != int(record.Partition) {
			err = errors.Join(err, fmt.Errorf("%q is in partition %d, not %d",
				record.Key, record.Partition, chosen))
		}
	}
	return detail, err
}
