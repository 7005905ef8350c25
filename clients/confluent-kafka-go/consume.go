package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"odradek/checks"
)

func (p *Program) checkConsumer(report *checks.Report) {
	report.Check("read-from-earliest", p.fromBeginning)
	report.Check("read-from-latest", p.fromEnd)
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

// Consumer has one partition assigned. It must name a group, which it never joins.
func (p *Program) consumer(partition int32, from kafka.Offset) (*kafka.Consumer, error) {
	consumer, err := kafka.NewConsumer(config(kafka.ConfigMap{
		"group.id":             checks.Named("unused"),
		"enable.auto.commit":   false,
		"enable.partition.eof": true,
	}))
	if err != nil {
		return nil, err
	}
	return consumer, consumer.Assign([]kafka.TopicPartition{
		{Topic: &p.topic, Partition: partition, Offset: from},
	})
}

func (p *Program) read(partition int32, offset int64, count int) ([]checks.Record, error) {
	consumer, err := p.consumer(partition, kafka.Offset(offset))
	if err != nil {
		return nil, err
	}
	records, err := take(consumer, count)
	return records, errors.Join(err, consumer.Close())
}

func take(consumer *kafka.Consumer, count int) (records []checks.Record, err error) {
	deadline := time.Now().Add(checks.Patience)
	for len(records) < count && time.Now().Before(deadline) {
		switch event := consumer.Poll(100).(type) {
		case *kafka.Message:
			records = append(records, recordOf(event))
		case kafka.Error:
			return records, event
		}
	}
	return records, nil
}

func recordOf(message *kafka.Message) checks.Record {
	record := checks.Record{
		Partition: message.TopicPartition.Partition, Offset: int64(message.TopicPartition.Offset),
		Key: message.Key, Value: message.Value, Timestamp: message.Timestamp,
	}
	for _, header := range message.Headers {
		record.Headers = append(record.Headers, checks.Header{Key: header.Key, Value: header.Value})
	}
	return record
}

func (p *Program) bounds(partition int32) (begin, end int64, err error) {
	if begin, err = p.offsetOf(partition, kafka.EarliestOffsetSpec); err != nil {
		return 0, 0, err
	}
	end, err = p.offsetOf(partition, kafka.LatestOffsetSpec)
	return begin, end, err
}

func (p *Program) offsetOf(partition int32, spec kafka.OffsetSpec) (int64, error) {
	where := kafka.TopicPartition{Topic: &p.topic, Partition: partition}
	answer, err := p.admin.ListOffsets(p.ctx, map[kafka.TopicPartition]kafka.OffsetSpec{where: spec})
	if err != nil {
		return 0, err
	}
	for _, found := range answer.ResultInfos {
		if found.Error.Code() != kafka.ErrNoError {
			return 0, found.Error
		}
		return int64(found.Offset), nil
	}
	return 0, fmt.Errorf("no offset of partition %d", partition)
}

func (p *Program) fromBeginning() (string, error) {
	return p.journal.FromEarliest(func(partition int32, count int) ([]checks.Record, error) {
		return p.read(partition, int64(kafka.OffsetBeginning), count)
	})
}

func (p *Program) readFrom(partition int32, from time.Time, count int) ([]checks.Record, error) {
	found, err := p.offsetOf(partition, kafka.NewOffsetSpecForTimestamp(from.UnixMilli()))
	if err != nil {
		return nil, err
	}
	return p.read(partition, found, count)
}

// FromEnd waits until the consumer says that it is at the end, and writes then.
func (p *Program) fromEnd() (string, error) {
	consumer, err := p.consumer(2, kafka.OffsetEnd)
	if err != nil {
		return "", err
	}
	defer consumer.Close()
	if err := awaitEnd(consumer); err != nil {
		return "", err
	}
	records := checks.Unkeyed("read-from-latest", 5)
	if err := p.write(records, 2, nil); err != nil {
		return "", err
	}
	return p.journal.ReadBack(records, func(_ int32, _ int64, count int) ([]checks.Record, error) {
		return take(consumer, count)
	})
}

func awaitEnd(consumer *kafka.Consumer) error {
	for deadline := time.Now().Add(checks.Patience); time.Now().Before(deadline); {
		switch event := consumer.Poll(100).(type) {
		case kafka.PartitionEOF:
			return nil
		case *kafka.Message:
			return fmt.Errorf("there is a message at the end: %v", event)
		}
	}
	return fmt.Errorf("the end was not found in time")
}
