package checks

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// TransactionClient is what the checks of transactions need of a client, besides what it does for
// groups.
type TransactionClient struct {
	GroupClient
	// Begin a producer of this transactional id: whoever had it before is fenced.
	Produce func(id string) (Producer, error)
	// Follow all partitions of a topic from their start, in read committed or read uncommitted.
	Follow func(topic string, partitions int, isCommitted bool, read func(Record)) (io.Closer, error)
	// Process joins a group, that reads committed records, and begins a producer.
	Process func(seat *Seat, id string) (Processor, error)
	// Fenced says whether an error of Commit is the client's own for a producer that was fenced.
	Fenced func(error) bool
	// Administrate while a transaction is open; nil if its admin has nothing for transactions.
	Administrate func(OpenTransaction) (detail string, err error)
}

// OpenTransaction is what an admin is asked about.
type OpenTransaction struct {
	ID, Topic string
	Starts    map[int32]int64 // the first offset in each partition
}

// Producer of transactions, one after the other.
type Producer interface {
	Begin() error
	// Write each record to its partition, wait until all are acknowledged, and fill in the offsets.
	Write(topic string, records []Record) error
	// SendOffsets of a group of which nobody is a member.
	SendOffsets(group, topic string, offsets map[int32]int64) error
	Commit() error
	Abort() error
	Close() error
}

// Processor consumes and produces in the same transactions.
type Processor interface {
	Producer
	// Take waits for records, and gives at most so many. What it has given and was not committed, it
	// gives again after Abort.
	Take(most int) ([]Record, error)
	// SendTaken sends the offsets of all that was taken, with the group's metadata if the client can.
	SendTaken() error
	// Leave the group, whatever becomes of the transaction.
	Leave() error
}

// TransactionChecks are under way beside all else that a program does.
type TransactionChecks struct {
	client TransactionClient
	report *Report
	all    sync.WaitGroup
}

// BeginTransactions starts them.
func BeginTransactions(report *Report, client TransactionClient) *TransactionChecks {
	c := &TransactionChecks{client: client, report: report}
	c.all.Go(c.tell)
	c.all.Go(func() {
		report.Check("transaction-offsets", c.offsets)
		report.Check("transaction-consume-transform-produce", c.pipeline)
	})
	return c
}

// End waits for all.
func (c *TransactionChecks) End() { c.all.Wait() }

// Tell one story after the other of the same topic and the same two readers.
func (c *TransactionChecks) tell() {
	s, failure := c.open("transactions", 3)
	check := func(name string, check func(*story) (string, error)) {
		c.report.Check("transaction-"+name, func() (string, error) {
			if failure != nil {
				return "", failure
			}
			return check(s)
		})
	}
	check("commit", (*story).commits)
	check("abort", (*story).aborts)
	check("isolation", (*story).isIsolated)
	check("fencing", (*story).fences)
	if c.client.Administrate != nil {
		check("admin", (*story).administrate)
	}
	if failure == nil {
		failure = s.close()
	}
	if failure != nil {
		c.report.Check("transaction-readers", func() (string, error) { return "", failure })
	}
}

// Commits three transactions: between them in each partition is room for one marker.
func (s *story) commits() (string, error) {
	producer, err := s.producer("commits")
	if err != nil {
		return "", err
	}
	defer producer.Close()
	for range 3 {
		err = errors.Join(err, s.once(producer, true))
	}
	if err != nil {
		return "", err
	}
	detail, err := s.settled(producer)
	return detail, errors.Join(err, s.inOneRow(0, 1, 3, 4, 6, 7, 9))
}

func (s *story) aborts() (string, error) {
	first, err := s.producer("aborts-first")
	if err != nil {
		return "", err
	}
	defer first.Close()
	second, err := s.producer("aborts-second")
	if err != nil {
		return "", err
	}
	defer second.Close()
	for range 2 {
		err = errors.Join(err, s.once(first, true), s.once(first, false))
	}
	if err == nil {
		err = s.interleave(first, second)
	}
	if err != nil {
		return "", err
	}
	return s.settled(second)
}

// Interleave two transactions in the same partitions, one of which is aborted.
func (s *story) interleave(first, second Producer) error {
	a, err := s.begin(first)
	if err != nil {
		return err
	}
	if err := a.writeBatch(); err != nil {
		return err
	}
	b, err := s.begin(second)
	if err != nil {
		return err
	}
	if err := errors.Join(b.writeBatch(), a.writeBatch(), a.end(false)); err != nil {
		return err
	}
	return errors.Join(b.writeBatch(), b.end(true))
}

// IsIsolated: what is committed behind an open transaction is not read before that has ended.
func (s *story) isIsolated() (string, error) {
	first, err := s.producer("stays-open")
	if err != nil {
		return "", err
	}
	defer first.Close()
	second, err := s.producer("goes-by")
	if err != nil {
		return "", err
	}
	defer second.Close()
	open, err := s.begin(first)
	if err != nil {
		return "", err
	}
	if err := errors.Join(open.writeBatch(), s.once(second, true)); err != nil {
		return "", err
	}
	err = s.await("the uncommitted reader has read all", func() bool { return s.uncommitted.hasAll() })
	if early := s.committed.beyond(open.starts()); early != nil {
		err = errors.Join(err, fmt.Errorf("read while the transaction was open: %v", early))
	}
	if err := errors.Join(err, open.end(true)); err != nil {
		return "", err
	}
	return s.settled(second)
}

// Fences the first producer by a second one of its id: that aborts what the first has begun.
func (s *story) fences() (string, error) {
	first, err := s.producer("fenced")
	if err != nil {
		return "", err
	}
	defer first.Close()
	open, err := s.begin(first)
	if err != nil {
		return "", err
	}
	if err := open.writeBatch(); err != nil {
		return "", err
	}
	second, err := s.producer("fenced")
	if err != nil {
		return "", err
	}
	defer second.Close()
	if err := s.once(second, true); err != nil {
		return "", err
	}
	fenced := first.Commit()
	if fenced == nil || !s.client.Fenced(fenced) {
		return "", fmt.Errorf("the commit of a fenced producer gives %v", fenced)
	}
	if again := first.Begin(); again == nil {
		return "", errors.New("a fenced producer may begin again")
	}
	return fenced.Error(), s.settle(second)
}

// Administrate ends with an abort, which the admin may have forestalled.
func (s *story) administrate() (detail string, err error) {
	producer, err := s.producer("administrated")
	if err != nil {
		return "", err
	}
	defer producer.Close()
	open, err := s.begin(producer)
	if err != nil {
		return "", err
	}
	if err := open.writeBatch(); err != nil {
		return "", err
	}
	detail, err = s.client.Administrate(
		OpenTransaction{Named("administrated"), s.topic, open.starts()})
	return detail, errors.Join(err, open.end(false), s.settle(producer))
}

// Offsets in a transaction are the group's when it is committed, and not when it is aborted.
func (c *TransactionChecks) offsets() (string, error) {
	s, err := c.open("transaction-offsets", GroupPartitions)
	if err != nil {
		return "", err
	}
	defer s.close()
	producer, err := s.producer("offsets")
	if err != nil {
		return "", err
	}
	defer producer.Close()
	if err := s.settle(producer); err != nil { // so that there is something to have an offset of
		return "", err
	}
	group := s.topic
	send := func(isCommitted bool) error {
		transaction, err := s.begin(producer)
		if err != nil {
			return err
		}
		return errors.Join(transaction.writeBatch(),
			producer.SendOffsets(group, s.topic, everywhere(3)), transaction.end(isCommitted))
	}
	if err := send(false); err != nil {
		return "", err
	}
	// The coordinator lets the next one begin when all markers are written: in the group's log too.
	if err := s.settle(producer); err != nil {
		return "", err
	}
	if none, err := c.client.Offsets(group, s.topic); err != nil || len(none) > 0 {
		return "", errors.Join(err, fmt.Errorf("offsets of an aborted transaction: %v", none))
	}
	if err := send(true); err != nil {
		return "", err
	}
	committed := &GroupChecks{client: c.client.GroupClient}
	err = committed.committed(&Group{Name: group, Topic: s.topic}, everywhere(3))
	return "none of the aborted, 3 of the committed", errors.Join(err, s.settle(producer))
}
