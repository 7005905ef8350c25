package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/segmentio/kafka-go"
	"odradek/checks"
)

func (p *Program) checkReader(report *checks.Report) {
	report.Check("read-from-earliest", p.fromFirst)
	report.Check("read-from-latest", p.fromLast)
	report.Check("read-from-offset", func() (string, error) {
		return p.journal.FromOffset(p.read)
	})
	report.Check("read-from-timestamp", func() (string, error) {
		return p.journal.FromTimestamp(p.readFrom)
	})
}

func (p *Program) reader(partition int32) *kafka.Reader {
	return kafka.NewReader(kafka.ReaderConfig{
		Brokers:   checks.Bootstrap(),
		Topic:     p.topic,
		Partition: int(partition),
		MinBytes:  1,
		MaxBytes:  10e6,
		MaxWait:   100 * time.Millisecond,
	})
}

func (p *Program) read(partition int32, offset int64, count int) ([]checks.Record, error) {
	reader := p.reader(partition)
	err := reader.SetOffset(offset)
	records, failure := p.take(reader, count)
	return records, errors.Join(err, failure, reader.Close())
}

func (p *Program) take(reader *kafka.Reader, count int) (records []checks.Record, err error) {
	ctx, done := context.WithTimeout(p.ctx, checks.Patience)
	defer done()
	for len(records) < count {
		message, err := reader.ReadMessage(ctx)
		if err != nil {
			return records, err
		}
		records = append(records, recordOf(message))
	}
	return records, nil
}

func recordOf(message kafka.Message) checks.Record {
	record := checks.Record{
		Partition: int32(message.Partition), Offset: message.Offset,
		Key: message.Key, Value: message.Value, Timestamp: message.Time,
	}
	for _, header := range message.Headers {
		record.Headers = append(record.Headers, checks.Header{Key: header.Key, Value: header.Value})
	}
	return record
}

func (p *Program) bounds(partition int32) (begin, end int64, err error) {
	answer, err := p.client.ListOffsets(p.ctx, &kafka.ListOffsetsRequest{
		Topics: map[string][]kafka.OffsetRequest{
			p.topic: {kafka.FirstOffsetOf(int(partition)), kafka.LastOffsetOf(int(partition))},
		},
	})
	if err != nil {
		return 0, 0, err
	}
	offsets := answer.Topics[p.topic][0]
	return offsets.FirstOffset, offsets.LastOffset, offsets.Error
}

func (p *Program) fromFirst() (string, error) {
	return p.journal.FromEarliest(func(partition int32, count int) ([]checks.Record, error) {
		return p.read(partition, kafka.FirstOffset, count)
	})
}

func (p *Program) readFrom(partition int32, from time.Time, count int) ([]checks.Record, error) {
	reader := p.reader(partition)
	if err := reader.SetOffsetAt(p.ctx, from); err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	records, err := p.take(reader, count)
	return records, errors.Join(err, reader.Close())
}

// FromLast uses a Conn, as a Reader finds its first offset behind our back.
func (p *Program) fromLast() (string, error) {
	conn, err := kafka.DialLeader(p.ctx, "tcp", checks.Bootstrap()[0], p.topic, 2)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	end, err := conn.Seek(0, kafka.SeekEnd)
	if err != nil {
		return "", err
	}
	records := checks.Unkeyed("read-from-latest", 5)
	err = p.write(records, func(writer *kafka.Writer) {
		writer.Balancer = kafka.BalancerFunc(func(kafka.Message, ...int) int { return 2 })
	})
	if err != nil {
		return "", err
	}
	next := func(_ int32, _ int64, count int) ([]checks.Record, error) { return takeFrom(conn, count) }
	detail, err := p.journal.ReadBack(records, next)
	return fmt.Sprintf("%s, from offset %d", detail, end), err
}

// TakeFrom reads batches off a connection, which go up to its end and no further.
func takeFrom(conn *kafka.Conn, count int) (records []checks.Record, err error) {
	if err := conn.SetDeadline(time.Now().Add(checks.Patience)); err != nil {
		return nil, err
	}
	for len(records) < count {
		batch := conn.ReadBatch(1, 10e6)
		for {
			message, err := batch.ReadMessage()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return records, errors.Join(err, batch.Close())
			}
			records = append(records, recordOf(message))
		}
		if err := batch.Close(); err != nil {
			return records, err
		}
	}
	return records, nil
}

// Conn is the lowest level: one connection, to the leader of one partition.
func (p *Program) conn() (string, error) {
	conn, err := kafka.DialLeader(p.ctx, "tcp", checks.Bootstrap()[0], p.topic, 0)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	first, last, err := conn.ReadOffsets()
	if err != nil {
		return "", err
	}
	records := checks.Unkeyed("conn", 5)
	messages := make([]kafka.Message, len(records))
	for i := range records {
		records[i].Offset = last + int64(i)
		messages[i] = messageOf(records[i])
	}
	if _, err := conn.WriteMessages(messages...); err != nil {
		return "", err
	}
	if _, err := conn.Seek(last, kafka.SeekAbsolute); err != nil {
		return "", err
	}
	next := func(_ int32, _ int64, count int) ([]checks.Record, error) { return takeFrom(conn, count) }
	_, err = p.journal.ReadBack(records, next)
	brokers, failure := conn.Brokers()
	return fmt.Sprintf("%d brokers, offsets %d to %d, then %d more",
		len(brokers), first, last, len(records)), errors.Join(err, failure)
}
