package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"odradek/checks"
)

func (p *Program) checkConsuming(report *checks.Report) {
	report.Check("read-from-earliest", p.fromStart)
	report.Check("read-from-latest", p.fromEnd)
	report.Check("read-from-offset", func() (string, error) {
		return p.journal.FromOffset(p.read)
	})
	report.Check("read-from-timestamp", p.fromTimestamp)
	report.Check("compare-all", func() (string, error) {
		return p.journal.CompareAll(p.bounds, p.read)
	})
}

// Consumer reads one partition directly, without a group.
func (p *Program) consumer(
	partition int32, from kgo.Offset, options ...kgo.Opt,
) (*kgo.Client, error) {
	return client(append(options,
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{p.topic: {partition: from}}),
		kgo.FetchMaxWait(100*time.Millisecond),
	)...)
}

func (p *Program) read(partition int32, offset int64, count int) ([]checks.Record, error) {
	return p.readFrom(partition, kgo.NewOffset().At(offset), count)
}

func (p *Program) readFrom(partition int32, from kgo.Offset, count int) ([]checks.Record, error) {
	consumer, err := p.consumer(partition, from)
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	return p.take(consumer, count)
}

func (p *Program) take(consumer *kgo.Client, count int) (records []checks.Record, err error) {
	ctx, done := context.WithTimeout(p.ctx, checks.Patience)
	defer done()
	for len(records) < count {
		fetches := consumer.PollRecords(ctx, count-len(records))
		if err := fetches.Err(); err != nil {
			return records, err
		}
		fetches.EachRecord(func(fetched *kgo.Record) { records = append(records, recordOf(fetched)) })
	}
	return records, nil
}

func recordOf(fetched *kgo.Record) checks.Record {
	record := checks.Record{
		Partition: fetched.Partition, Offset: fetched.Offset,
		Key: fetched.Key, Value: fetched.Value, Timestamp: fetched.Timestamp,
	}
	for _, header := range fetched.Headers {
		record.Headers = append(record.Headers, checks.Header{Key: header.Key, Value: header.Value})
	}
	return record
}

func (p *Program) bounds(partition int32) (begin, end int64, err error) {
	starts, err := p.admin.ListStartOffsets(p.ctx, p.topic)
	if err = errors.Join(err, starts.Error()); err != nil {
		return 0, 0, err
	}
	ends, err := p.admin.ListEndOffsets(p.ctx, p.topic)
	if err = errors.Join(err, ends.Error()); err != nil {
		return 0, 0, err
	}
	return starts[p.topic][partition].Offset, ends[p.topic][partition].Offset, nil
}

func (p *Program) fromStart() (string, error) {
	return p.journal.FromEarliest(func(partition int32, count int) ([]checks.Record, error) {
		return p.readFrom(partition, kgo.NewOffset().AtStart(), count)
	})
}

func (p *Program) fromTimestamp() (string, error) {
	read := func(partition int32, from time.Time, count int) ([]checks.Record, error) {
		return p.readFrom(partition, kgo.NewOffset().AfterMilli(from.UnixMilli()), count)
	}
	return p.journal.FromTimestamp(read)
}

// FirstFetch is a hook. A client finds the end behind our back, and has found it when it fetches.
type firstFetch struct {
	once  sync.Once
	begun chan struct{}
}

func (f *firstFetch) OnBrokerWrite(
	_ kgo.BrokerMetadata, key int16, _ int, _, _ time.Duration, _ error,
) {
	if key == kmsg.Fetch.Int16() {
		f.once.Do(func() { close(f.begun) })
	}
}

func (p *Program) fromEnd() (string, error) {
	fetching := &firstFetch{begun: make(chan struct{})}
	consumer, err := p.consumer(2, kgo.NewOffset().AtEnd(), kgo.WithHooks(fetching))
	if err != nil {
		return "", err
	}
	defer consumer.Close()
	select {
	case <-fetching.begun:
	case <-time.After(checks.Patience):
		return "", fmt.Errorf("the end was not found in time")
	}
	records := onPartition(2, checks.Unkeyed("read-from-latest", 5))
	if err := p.write(records, kgo.RecordPartitioner(kgo.ManualPartitioner())); err != nil {
		return "", err
	}
	return p.journal.ReadBack(records, func(_ int32, _ int64, count int) ([]checks.Record, error) {
		return p.take(consumer, count)
	})
}
