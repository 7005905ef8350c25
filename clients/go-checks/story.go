package checks

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// Story is a topic that is written in transactions, with two readers from its start.
type story struct {
	*TransactionChecks
	topic      string
	partitions int
	lock       sync.Mutex
	moved      *sync.Cond
	rows       map[int32][]*row // in order of the offsets

	uncommitted, committed *follower
	readers                []io.Closer
	numbered               int
}

// Row is a record and whether its transaction was committed.
type row struct {
	Record
	isCommitted bool
}

// Follower has read this, in this order.
type follower struct {
	story *story
	got   map[int32][]Record
}

func (c *TransactionChecks) open(name string, partitions int) (*story, error) {
	s := &story{TransactionChecks: c, topic: Named(name), partitions: partitions, rows: map[int32][]*row{}}
	s.moved = sync.NewCond(&s.lock)
	if err := c.client.CreateTopic(s.topic, partitions); err != nil {
		return nil, err
	}
	// A first record in each partition, so that every leader is known to know the topic.
	records := Unkeyed(name, partitions)
	for i := range records {
		records[i].Partition = int32(i)
	}
	if err := c.client.Write(s.topic, records); err != nil {
		return nil, err
	}
	s.keep(records, true)
	var err error
	if s.uncommitted, err = s.follow(false); err == nil {
		s.committed, err = s.follow(true)
	}
	return s, err
}

func (s *story) follow(isCommitted bool) (*follower, error) {
	f := &follower{s, map[int32][]Record{}}
	reader, err := s.client.Follow(s.topic, s.partitions, isCommitted, func(record Record) {
		s.lock.Lock()
		defer s.lock.Unlock()
		f.got[record.Partition] = append(f.got[record.Partition], record)
		s.moved.Broadcast()
	})
	if err == nil {
		s.readers = append(s.readers, reader)
	}
	return f, err
}

func (s *story) close() (err error) {
	for _, reader := range s.readers {
		err = errors.Join(err, reader.Close())
	}
	return err
}

func (s *story) producer(name string) (Producer, error) { return s.client.Produce(Named(name)) }

func (s *story) await(what string, isSo func() bool) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if inTime(s.moved, isSo) {
		return nil
	}
	return fmt.Errorf("not in time: %s; %s", what, s.counted())
}

// Keep what was written.
func (s *story) keep(records []Record, isCommitted bool) (kept []*row) {
	s.lock.Lock()
	defer s.lock.Unlock()
	for _, record := range records {
		kept = append(kept, &row{record, isCommitted})
		rows := append(s.rows[record.Partition], kept[len(kept)-1])
		slices.SortFunc(rows, func(a, b *row) int { return int(a.Offset - b.Offset) })
		s.rows[record.Partition] = rows
	}
	return kept
}

// Transaction that is under way.
type transaction struct {
	story    *story
	producer Producer
	rows     []*row
}

func (s *story) begin(producer Producer) (*transaction, error) {
	return &transaction{story: s, producer: producer}, producer.Begin()
}

// Write records, which are committed when the transaction is.
func (t *transaction) write(records []Record) error {
	if err := t.producer.Write(t.story.topic, records); err != nil {
		return err
	}
	t.rows = append(t.rows, t.story.keep(records, false)...)
	return nil
}

// WriteBatch writes two records to each partition.
func (t *transaction) writeBatch() error { return t.write(t.story.records(2)) }

func (s *story) records(perPartition int) []Record {
	s.numbered++
	records := Unkeyed(fmt.Sprintf("%s, batch %d,", s.topic, s.numbered), perPartition*s.partitions)
	for i := range records {
		records[i].Partition = int32(i % s.partitions)
	}
	return records
}

func (t *transaction) end(isCommitted bool) error {
	if !isCommitted {
		return t.producer.Abort()
	}
	t.story.lock.Lock()
	for _, row := range t.rows {
		row.isCommitted = true
	}
	t.story.lock.Unlock()
	return t.producer.Commit()
}

// Starts are the first offsets of the transaction.
func (t *transaction) starts() map[int32]int64 {
	starts := map[int32]int64{}
	for _, row := range t.rows {
		if start, isThere := starts[row.Partition]; !isThere || row.Offset < start {
			starts[row.Partition] = row.Offset
		}
	}
	return starts
}

// Once is a whole transaction with one batch.
func (s *story) once(producer Producer, isCommitted bool) error {
	transaction, err := s.begin(producer)
	if err != nil {
		return err
	}
	return errors.Join(transaction.writeBatch(), transaction.end(isCommitted))
}

// Settle commits one more record to each partition, and waits until both have read it. What they have
// read must be all that they should, and nothing else.
func (s *story) settle(producer Producer) error {
	last, err := s.begin(producer)
	if err != nil {
		return err
	}
	if err := errors.Join(last.write(s.records(1)), last.end(true)); err != nil {
		return err
	}
	if err := s.await("both have read the last record", s.isSettled); err != nil {
		return err
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	for partition, rows := range s.rows {
		all, committed := told(rows)
		if err := Same(all, s.uncommitted.got[partition]); err != nil {
			return fmt.Errorf("read uncommitted, partition %d: %w", partition, err)
		}
		if err := Same(committed, s.committed.got[partition]); err != nil {
			return fmt.Errorf("read committed, partition %d: %w", partition, err)
		}
	}
	return nil
}

func told(rows []*row) (all, committed []Record) {
	for _, row := range rows {
		all = append(all, row.Record)
		if row.isCommitted {
			committed = append(committed, row.Record)
		}
	}
	return all, committed
}

func (s *story) isSettled() bool { return s.uncommitted.hasAll() && s.committed.hasAll() }

// HasAll is whether the last record of each partition was read.
func (f *follower) hasAll() bool {
	for partition, rows := range f.story.rows {
		got := f.got[partition]
		if len(got) == 0 || got[len(got)-1].Offset < rows[len(rows)-1].Offset {
			return false
		}
	}
	return true
}

// Beyond are the records that were read at these offsets or after them.
func (f *follower) beyond(starts map[int32]int64) (found []Record) {
	f.story.lock.Lock()
	defer f.story.lock.Unlock()
	for partition, start := range starts {
		for _, record := range f.got[partition] {
			if record.Offset >= start {
				found = append(found, record)
			}
		}
	}
	return found
}

// InOneRow says whether the last records of each partition are at these offsets, from the first on.
func (s *story) inOneRow(distances ...int64) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	for partition, rows := range s.rows {
		rows = rows[len(rows)-len(distances):]
		for i, distance := range distances {
			if offset := rows[i].Offset - rows[0].Offset; offset != distance {
				return fmt.Errorf("partition %d: record %d is %d behind the first, not %d",
					partition, i, offset, distance)
			}
		}
	}
	return nil
}

func (s *story) settled(producer Producer) (string, error) {
	err := s.settle(producer)
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.counted(), err
}

func (s *story) counted() string {
	count := func(got map[int32][]Record) (total int) {
		for _, records := range got {
			total += len(records)
		}
		return total
	}
	rows := 0
	for _, each := range s.rows {
		rows += len(each)
	}
	return fmt.Sprintf("%d records, %d read uncommitted, %d read committed", rows,
		count(s.uncommitted.got), count(s.committed.got))
}
