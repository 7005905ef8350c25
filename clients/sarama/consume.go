package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/IBM/sarama"
	"odradek/checks"
)

func (p *Program) checkConsumers(report *checks.Report) {
	report.Check("read-from-earliest", p.fromOldest)
	report.Check("read-from-latest", p.fromNewest)
	report.Check("read-from-offset", func() (string, error) {
		return p.journal.FromOffset(p.read)
	})
	report.Check("read-from-timestamp", func() (string, error) {
		return p.journal.FromTimestamp(p.readFrom)
	})
	report.Check("compare-all", func() (string, error) {
		return p.journal.CompareAll(p.bounds, p.read)
	})
}

// Read takes some messages off a partition consumer. The offset may be OffsetOldest.
func (p *Program) read(partition int32, offset int64, count int) ([]checks.Record, error) {
	if count == 0 {
		return nil, nil
	}
	messages, err := p.consumer.ConsumePartition(p.topic, partition, offset)
	if err != nil {
		return nil, err
	}
	records, err := take(messages, count)
	return records, errors.Join(err, messages.Close())
}

func take(consumer sarama.PartitionConsumer, count int) (records []checks.Record, err error) {
	patience := time.After(checks.Patience)
	for len(records) < count {
		select {
		case message := <-consumer.Messages():
			records = append(records, recordOf(message))
		case <-patience:
			return records, fmt.Errorf("%d of %d messages came in time", len(records), count)
		}
	}
	return records, nil
}

func recordOf(message *sarama.ConsumerMessage) checks.Record {
	record := checks.Record{
		Partition: message.Partition, Offset: message.Offset,
		Key: message.Key, Value: message.Value, Timestamp: message.Timestamp,
	}
	for _, header := range message.Headers {
		record.Headers = append(record.Headers,
			checks.Header{Key: string(header.Key), Value: header.Value})
	}
	return record
}

func (p *Program) bounds(partition int32) (begin, end int64, err error) {
	if begin, err = p.client.GetOffset(p.topic, partition, sarama.OffsetOldest); err != nil {
		return 0, 0, err
	}
	end, err = p.client.GetOffset(p.topic, partition, sarama.OffsetNewest)
	return begin, end, err
}

func (p *Program) fromOldest() (string, error) {
	return p.journal.FromEarliest(func(partition int32, count int) ([]checks.Record, error) {
		return p.read(partition, sarama.OffsetOldest, count)
	})
}

func (p *Program) readFrom(partition int32, from time.Time, count int) ([]checks.Record, error) {
	offset, err := p.client.GetOffset(p.topic, partition, from.UnixMilli())
	if err != nil {
		return nil, err
	}
	return p.read(partition, offset, count)
}

// FromNewest has a consumer on every partition before anything is written: it gets that, no more.
func (p *Program) fromNewest() (string, error) {
	partitions, err := p.consumer.Partitions(p.topic)
	if err != nil {
		return "", err
	}
	consumers := make([]sarama.PartitionConsumer, len(partitions))
	for i, partition := range partitions {
		consumers[i], err = p.consumer.ConsumePartition(p.topic, partition, sarama.OffsetNewest)
		if err != nil {
			return "", err
		}
		// Sarama refuses a second consumer of a partition until the first has closed.
		defer consumers[i].Close()
	}
	defer func() {
		for _, consumer := range consumers {
			consumer.AsyncClose()
		}
	}()

	records := checks.Unkeyed("read-from-latest", 9)
	for i := range records {
		records[i].Partition = partitions[i%len(partitions)]
	}
	if err := p.write(records, partitionedBy(sarama.NewManualPartitioner)); err != nil {
		return "", err
	}
	next := func(partition int32, _ int64, count int) ([]checks.Record, error) {
		return take(consumers[partition], count)
	}
	return p.journal.ReadBack(records, next)
}
