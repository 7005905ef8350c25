package checks

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Journal is all that was written to one topic, by partition and in order of the offsets.
type Journal struct{ partitions map[int32][]Record }

// Read gets `count` records of a partition from an offset on.
type Read func(partition int32, offset int64, count int) ([]Record, error)

// NewJournal of a topic to which nothing was written yet.
func NewJournal() *Journal { return &Journal{partitions: map[int32][]Record{}} }

// Partitions that have records, in order.
func (j *Journal) Partitions() []int32 {
	var partitions []int32
	for partition := range j.partitions {
		partitions = append(partitions, partition)
	}
	slices.Sort(partitions)
	return partitions
}

// Records of one partition, in order.
func (j *Journal) Records(partition int32) []Record { return j.partitions[partition] }

// ReadBack keeps what was written, reads each partition's share of it and compares.
func (j *Journal) ReadBack(written []Record, read Read) (string, error) {
	shares := NewJournal()
	shares.keep(written)
	j.keep(written)
	err := each(shares.Partitions(), func(partition int32) error {
		share := shares.Records(partition)
		got, err := read(partition, share[0].Offset, len(share))
		return errors.Join(err, Same(share, got))
	})
	return fmt.Sprintf("%d records, partitions %v", len(written), shares.Partitions()), err
}

func (j *Journal) keep(records []Record) {
	for _, record := range records {
		j.partitions[record.Partition] = append(j.partitions[record.Partition], record)
	}
	for _, partition := range j.Partitions() {
		slices.SortFunc(j.partitions[partition], byOffset)
	}
}

func byOffset(a, b Record) int { return int(a.Offset - b.Offset) }

func (j *Journal) total() int {
	total := 0
	for _, records := range j.partitions {
		total += len(records)
	}
	return total
}

// FromEarliest reads every partition from its start, whatever the client calls that.
func (j *Journal) FromEarliest(
	read func(partition int32, count int) ([]Record, error),
) (string, error) {
	err := each(j.Partitions(), func(partition int32) error {
		want := j.Records(partition)
		got, err := read(partition, len(want))
		return errors.Join(err, Same(want, got))
	})
	return fmt.Sprintf("partitions %v", j.Partitions()), err
}

// FromOffset reads a partition from an offset in its middle.
func (j *Journal) FromOffset(read Read) (string, error) {
	want := j.middle(0)
	got, err := read(0, want[0].Offset, len(want))
	return fmt.Sprintf("%d records from offset %d", len(got), want[0].Offset),
		errors.Join(err, Same(want, got))
}

// FromTimestamp reads a partition from a time between those of two records.
func (j *Journal) FromTimestamp(
	read func(partition int32, from time.Time, count int) ([]Record, error),
) (string, error) {
	want := j.middle(0)
	from := want[0].Timestamp.Add(-interval / 2)
	got, err := read(0, from, len(want))
	return fmt.Sprintf("%d records from %s", len(got), from.Format(time.RFC3339Nano)),
		errors.Join(err, Same(want, got))
}

func (j *Journal) middle(partition int32) []Record {
	records := j.Records(partition)
	return records[len(records)/2:]
}

// Bounds are the offsets at which a partition begins and ends.
type Bounds func(partition int32) (begin, end int64, err error)

// CompareAll reads every partition from beginning to end: nothing is missing, nothing is extra.
func (j *Journal) CompareAll(bounds Bounds, read Read) (string, error) {
	err := each([]int32{0, 1, 2}, func(partition int32) error {
		begin, end, err := bounds(partition)
		if err != nil {
			return err
		}
		got, err := read(partition, begin, int(end-begin))
		return errors.Join(err, Same(j.Records(partition), got))
	})
	return fmt.Sprintf("%d records", j.total()), err
}

// Each partition at once, as readers may have to wait for the end of a long poll.
func each(partitions []int32, visit func(partition int32) error) error {
	failures := make([]error, len(partitions))
	var all sync.WaitGroup
	for i, partition := range partitions {
		all.Go(func() {
			if err := visit(partition); err != nil {
				failures[i] = fmt.Errorf("partition %d: %w", partition, err)
			}
		})
	}
	all.Wait()
	return errors.Join(failures...)
}

// Same says where what was read is not what was written.
func Same(want, got []Record) error {
	for i := range min(len(want), len(got)) {
		if different := difference(want[i], got[i]); different != "" {
			return fmt.Errorf("record %d of %d: %s", i, len(want), different)
		}
	}
	if len(want) != len(got) {
		return fmt.Errorf("%d records, not %d", len(got), len(want))
	}
	return nil
}

func difference(want, got Record) string {
	switch {
	case want.Partition != got.Partition || want.Offset != got.Offset:
		return fmt.Sprintf("at %d@%d, not %d@%d",
			got.Offset, got.Partition, want.Offset, want.Partition)
	case !sameBytes(want.Key, got.Key):
		return fmt.Sprintf("key %.40q, not %.40q", got.Key, want.Key)
	case !sameBytes(want.Value, got.Value):
		return fmt.Sprintf("value %.40q (%d bytes), not %.40q (%d bytes)",
			got.Value, len(got.Value), want.Value, len(want.Value))
	case !slices.EqualFunc(want.Headers, got.Headers, sameHeader):
		return fmt.Sprintf("headers %q, not %q", got.Headers, want.Headers)
	case want.Timestamp.UnixMilli() != got.Timestamp.UnixMilli():
		return fmt.Sprintf("time %v, not %v", got.Timestamp, want.Timestamp)
	}
	return ""
}

func sameHeader(a, b Header) bool { return a.Key == b.Key && sameBytes(a.Value, b.Value) }

// Null and empty are two things to Kafka.
func sameBytes(a, b []byte) bool { return bytes.Equal(a, b) && (a == nil) == (b == nil) }

// SameKeySamePartition is what a partitioner by key promises.
func SameKeySamePartition(records []Record) error {
	partitionOf := map[string]int32{}
	for _, record := range records {
		partition, seen := partitionOf[string(record.Key)]
		if seen && partition != record.Partition {
			return fmt.Errorf("key %q in partitions %d and %d", record.Key, partition, record.Partition)
		}
		partitionOf[string(record.Key)] = record.Partition
	}
	return nil
}
