package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"odradek/checks"
)

func (p *Program) transactions() checks.TransactionClient {
	return checks.TransactionClient{
		GroupClient:  p.groups(),
		Produce:      p.produceAs,
		Follow:       p.follow,
		Process:      p.process,
		Fenced:       func(err error) bool { return errors.Is(err, kerr.ProducerFenced) },
		Administrate: p.administrateTransaction,
	}
}

func transactional(id string) []kgo.Opt {
	return []kgo.Opt{
		kgo.TransactionalID(id),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.UnknownTopicRetries(-1),                // each broker learns of a topic on its own
		kgo.MetadataMinAge(100 * time.Millisecond), // by default the first record may wait for seconds
	}
}

type producer struct {
	ctx    context.Context
	client *kgo.Client
}

func (p *Program) produceAs(id string) (checks.Producer, error) {
	producing, err := client(transactional(id)...)
	if err != nil {
		return nil, err
	}
	// What else comes with the first record fences the one before.
	if _, _, err := producing.ProducerID(p.ctx); err != nil {
		producing.Close()
		return nil, err
	}
	return &producer{p.ctx, producing}, nil
}

func (p *producer) Begin() error { return p.client.BeginTransaction() }

func (p *producer) Write(topic string, records []checks.Record) error {
	return writeWith(p.ctx, p.client, topic, records)
}

// SendOffsets by requests, as the client itself sends those of its own group only.
func (p *producer) SendOffsets(group, topic string, offsets map[int32]int64) error {
	id, epoch, err := p.client.ProducerID(p.ctx)
	if err != nil {
		return err
	}
	add := kmsg.NewPtrAddOffsetsToTxnRequest()
	add.TransactionalID, add.Group = p.id(), group
	add.ProducerID, add.ProducerEpoch = id, epoch
	added, err := add.RequestWith(p.ctx, p.client)
	if err != nil {
		return err
	}
	if err := kerr.ErrorForCode(added.ErrorCode); err != nil {
		return err
	}
	commit := kmsg.NewPtrTxnOffsetCommitRequest()
	commit.TransactionalID, commit.Group = p.id(), group
	commit.ProducerID, commit.ProducerEpoch = id, epoch
	of := kmsg.NewTxnOffsetCommitRequestTopic()
	of.Topic = topic
	for partition, offset := range offsets {
		at := kmsg.NewTxnOffsetCommitRequestTopicPartition()
		at.Partition, at.Offset = partition, offset
		of.Partitions = append(of.Partitions, at)
	}
	commit.Topics = append(commit.Topics, of)
	committed, err := commit.RequestWith(p.ctx, p.client)
	if err != nil {
		return err
	}
	for _, partition := range committed.Topics[0].Partitions {
		err = errors.Join(err, kerr.ErrorForCode(partition.ErrorCode))
	}
	return err
}

func (p *producer) id() string {
	id, _ := p.client.OptValue(kgo.TransactionalID).(string)
	return id
}

func (p *producer) Commit() error { return p.client.EndTransaction(p.ctx, kgo.TryCommit) }

func (p *producer) Abort() error { return p.client.EndTransaction(p.ctx, kgo.TryAbort) }

func (p *producer) Close() error {
	p.client.Close()
	return nil
}

// Session is the client's own way to consume and produce in transactions. It knows itself what was
// read, and goes back there after an abort.
type session struct {
	ctx     context.Context
	session *kgo.GroupTransactSession
	topic   string
}

func (p *Program) process(seat *checks.Seat, id string) (checks.Processor, error) {
	begun, err := kgo.NewGroupTransactSession(append(transactional(id),
		kgo.SeedBrokers(checks.Bootstrap()...),
		kgo.ClientID(seat.Member),
		kgo.ConsumerGroup(seat.Group),
		kgo.ConsumeTopics(seat.Topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.RequireStableFetchOffsets(),
		kgo.FetchMaxWait(100*time.Millisecond),
	)...)
	if err != nil {
		return nil, err
	}
	if _, _, err := begun.Client().ProducerID(p.ctx); err != nil {
		begun.Close()
		return nil, err
	}
	return &session{p.ctx, begun, seat.Topic}, nil
}

func (s *session) Begin() error { return s.session.Begin() }

func (s *session) Write(topic string, records []checks.Record) error {
	return writeWith(s.ctx, s.session.Client(), topic, records)
}

func (s *session) Take(most int) (records []checks.Record, err error) {
	ctx, done := context.WithTimeout(s.ctx, checks.Patience)
	defer done()
	for len(records) == 0 {
		fetches := s.session.PollRecords(ctx, most)
		if err := fetches.Err(); err != nil {
			return nil, err
		}
		fetches.EachRecord(func(fetched *kgo.Record) { records = append(records, recordOf(fetched)) })
	}
	return records, nil
}

func (s *session) SendOffsets(string, string, map[int32]int64) error {
	return errors.New("a session sends its own")
}

// SendTaken is part of the end.
func (s *session) SendTaken() error { return nil }

func (s *session) Commit() error { return s.end(kgo.TryCommit) }

func (s *session) Abort() error { return s.end(kgo.TryAbort) }

func (s *session) end(try kgo.TransactionEndTry) error {
	committed, err := s.session.End(s.ctx, try)
	if err == nil && committed != bool(try) {
		err = fmt.Errorf("asked for %v, committed %v", try, committed)
	}
	return err
}

func (s *session) Leave() error { return s.Close() }

func (s *session) Close() error {
	s.session.Close()
	return nil
}

type following struct {
	client *kgo.Client
	leave  context.CancelFunc
	over   chan error
}

func (p *Program) follow(
	topic string, partitions int, isCommitted bool, read func(checks.Record),
) (io.Closer, error) {
	isolation := kgo.ReadUncommitted()
	if isCommitted {
		isolation = kgo.ReadCommitted()
	}
	starts := map[int32]kgo.Offset{}
	for partition := range int32(partitions) {
		starts[partition] = kgo.NewOffset().AtStart()
	}
	reading, err := client(
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: starts}),
		kgo.FetchIsolationLevel(isolation), kgo.FetchMaxWait(100*time.Millisecond),
	)
	if err != nil {
		return nil, err
	}
	ctx, leave := context.WithCancel(p.ctx)
	f := &following{reading, leave, make(chan error, 1)}
	go func() { f.over <- f.poll(ctx, read) }()
	return f, nil
}

func (f *following) poll(ctx context.Context, read func(checks.Record)) error {
	for {
		fetches := f.client.PollFetches(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err := fetches.Err(); err != nil {
			return err
		}
		fetches.EachRecord(func(fetched *kgo.Record) { read(recordOf(fetched)) })
	}
}

func (f *following) Close() error {
	f.leave()
	err := <-f.over
	f.client.Close()
	return err
}

// AdministrateTransaction finds the open one, and aborts it in its partitions, as one that hangs.
func (p *Program) administrateTransaction(open checks.OpenTransaction) (string, error) {
	listed, err := p.admin.ListTransactions(p.ctx, nil, []string{"Ongoing"})
	if err != nil {
		return "", err
	}
	described, err := p.admin.DescribeTransactions(p.ctx, open.ID)
	if err != nil {
		return "", err
	}
	found := described[open.ID]
	if listed[open.ID].ProducerID != found.ProducerID || found.State != "Ongoing" {
		return "", fmt.Errorf("listed as %v, described as %v", listed, found)
	}
	topics := kadm.TopicsSet{}
	topics.Add(open.Topic, 0, 1, 2)
	if !reflect.DeepEqual(found.Topics, topics) {
		return "", fmt.Errorf("its partitions are %v", found.Topics)
	}
	producers, err := p.admin.DescribeProducers(p.ctx, topics)
	if err != nil {
		return "", err
	}
	var coordinator int32
	for partition, start := range open.Starts {
		active := producers[open.Topic].Partitions[partition].ActiveProducers[found.ProducerID]
		if active.CurrentTxnStartOffset != start || active.ProducerEpoch != found.ProducerEpoch {
			return "", fmt.Errorf("partition %d: %v, not from %d", partition, active, start)
		}
		coordinator = max(coordinator, active.CoordinatorEpoch)
	}
	return "list, describe, describe producers, write markers", p.abort(found, coordinator, topics)
}

func (p *Program) abort(
	found kadm.DescribedTransaction, coordinator int32, topics kadm.TopicsSet,
) error {
	written, err := p.admin.WriteTxnMarkers(p.ctx, kadm.TxnMarkers{
		ProducerID: found.ProducerID, ProducerEpoch: found.ProducerEpoch,
		CoordinatorEpoch: coordinator, Topics: topics,
	})
	written.EachPartition(func(partition kadm.TxnMarkersPartitionResponse) {
		err = errors.Join(err, partition.Err)
	})
	return err
}
