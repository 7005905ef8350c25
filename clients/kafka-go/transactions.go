package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"odradek/checks"
)

func (p *Program) checkTransactions(report *checks.Report) {
	report.Check("transaction-isolation", p.isolation)
	report.Check("transaction-offsets", p.offsetsInTransaction)
}

// Session is a producer made of the Client's requests, as a Writer cannot be one of transactions.
type session struct {
	*Program
	id       string
	producer *kafka.ProducerSession
	sequence int32
}

// Patiently asks again while the coordinator is not ready, or still writes markers.
func patiently(ask func() error) error {
	passing := []error{
		kafka.ConcurrentTransactions, kafka.GroupLoadInProgress,
		kafka.GroupCoordinatorNotAvailable, kafka.NotCoordinatorForGroup,
	}
	for deadline := time.Now().Add(checks.Patience); ; time.Sleep(20 * time.Millisecond) {
		err := ask()
		isPassing := slices.ContainsFunc(passing, func(each error) bool { return errors.Is(err, each) })
		if !isPassing || time.Now().After(deadline) {
			return err
		}
	}
}

func (p *Program) session(id string) (*session, error) {
	s := &session{Program: p, id: checks.Named(id)}
	return s, patiently(func() error {
		answer, err := p.client.InitProducerID(p.ctx, &kafka.InitProducerIDRequest{
			TransactionalID: s.id, TransactionTimeoutMs: 60_000, ProducerID: -1, ProducerEpoch: -1,
		})
		if err != nil {
			return err
		}
		s.producer = answer.Producer
		return answer.Error
	})
}

// Write to partition 0, which is added to the transaction.
func (s *session) write(topic string, records []checks.Record) error {
	err := patiently(func() error {
		answer, err := s.client.AddPartitionsToTxn(s.ctx, &kafka.AddPartitionsToTxnRequest{
			TransactionalID: s.id, ProducerID: s.producer.ProducerID,
			ProducerEpoch: s.producer.ProducerEpoch,
			Topics:        map[string][]kafka.AddPartitionToTxn{topic: {{Partition: 0}}},
		})
		if err != nil {
			return err
		}
		return answer.Topics[topic][0].Error
	})
	if err != nil {
		return err
	}
	batch, err := s.batch(records)
	if err != nil {
		return err
	}
	answer, err := s.client.RawProduce(s.ctx, &kafka.RawProduceRequest{
		Topic: topic, RequiredAcks: kafka.RequireAll, TransactionalID: s.id,
		RawRecords: protocol.RawRecordSet{Reader: bytes.NewReader(batch)},
	})
	if err != nil || answer.Error != nil {
		return errors.Join(err, answer.Error)
	}
	for i := range records {
		records[i].Offset = answer.BaseOffset + int64(i)
	}
	return nil
}

// Batch is what the client encodes, with the producer that it leaves out.
func (s *session) batch(records []checks.Record) ([]byte, error) {
	var produced []protocol.Record
	for _, record := range records {
		produced = append(produced, protocol.Record{
			Time: record.Timestamp, Value: protocol.NewBytes(record.Value),
		})
	}
	set := protocol.RecordSet{
		Version: 2, Attributes: protocol.Transactional, Records: protocol.NewRecordReader(produced...),
	}
	var buffer bytes.Buffer
	if _, err := set.WriteTo(&buffer); err != nil {
		return nil, err
	}
	sized := buffer.Bytes()
	batch := sized[4:] // behind the size
	binary.BigEndian.PutUint64(batch[43:], uint64(s.producer.ProducerID))
	binary.BigEndian.PutUint16(batch[51:], uint16(s.producer.ProducerEpoch))
	binary.BigEndian.PutUint32(batch[53:], uint32(s.sequence))
	s.sequence += int32(len(records))
	checksum := crc32.Checksum(batch[21:], crc32.MakeTable(crc32.Castagnoli))
	binary.BigEndian.PutUint32(batch[17:], checksum)
	return sized, nil
}

func (s *session) sendOffsets(group, topic string, offsets map[int32]int64) error {
	added, err := s.client.AddOffsetsToTxn(s.ctx, &kafka.AddOffsetsToTxnRequest{
		TransactionalID: s.id, ProducerID: s.producer.ProducerID,
		ProducerEpoch: s.producer.ProducerEpoch, GroupID: group,
	})
	if err != nil {
		return err
	}
	if added.Error != nil {
		return added.Error
	}
	var all []kafka.TxnOffsetCommit
	for partition, offset := range offsets {
		all = append(all, kafka.TxnOffsetCommit{Partition: int(partition), Offset: offset})
	}
	answer, err := s.client.TxnOffsetCommit(s.ctx, &kafka.TxnOffsetCommitRequest{
		TransactionalID: s.id, ProducerID: s.producer.ProducerID,
		ProducerEpoch: s.producer.ProducerEpoch, GroupID: group, GenerationID: -1,
		Topics: map[string][]kafka.TxnOffsetCommit{topic: all},
	})
	if err != nil {
		return err
	}
	for _, partition := range answer.Topics[topic] {
		err = errors.Join(err, partition.Error)
	}
	return err
}

func (s *session) end(isCommitted bool) error {
	return patiently(func() error {
		answer, err := s.client.EndTxn(s.ctx, &kafka.EndTxnRequest{
			TransactionalID: s.id, ProducerID: s.producer.ProducerID,
			ProducerEpoch: s.producer.ProducerEpoch, Committed: isCommitted,
		})
		if err != nil {
			return err
		}
		return answer.Error
	})
}

// FetchOnce gives what there is from an offset on.
func (p *Program) fetchOnce(
	topic string, offset int64, isolation kafka.IsolationLevel,
) (records []checks.Record, err error) {
	answer, err := p.client.Fetch(p.ctx, &kafka.FetchRequest{
		Topic: topic, Offset: offset, MinBytes: 1, MaxBytes: 10e6, MaxWait: 100 * time.Millisecond,
		IsolationLevel: isolation,
	})
	if err != nil || answer.Error != nil {
		return nil, errors.Join(err, answer.Error)
	}
	for {
		fetched, err := answer.Records.ReadRecord()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := protocol.ReadAll(fetched.Value)
		if err != nil {
			return nil, err
		}
		records = append(records, checks.Record{
			Offset: fetched.Offset, Value: value, Timestamp: fetched.Time,
		})
	}
}

func (p *Program) fetch(
	topic string, count int, isolation kafka.IsolationLevel,
) (records []checks.Record, err error) {
	for deadline := time.Now().Add(checks.Patience); len(records) < count; {
		if time.Now().After(deadline) {
			return records, fmt.Errorf("%d of %d records in time", len(records), count)
		}
		next := int64(0)
		if len(records) > 0 {
			next = records[len(records)-1].Offset + 1
		}
		more, err := p.fetchOnce(topic, next, isolation)
		if err != nil {
			return records, err
		}
		records = append(records, more...)
	}
	return records, nil
}

// Isolation: the first record is nobody's, the next are of an open transaction, and the last of one
// that is committed behind it.
func (p *Program) isolation() (string, error) {
	topic := checks.Named("isolation")
	first := checks.Unkeyed("first", 1)
	if err := errors.Join(p.createForGroup(topic, 1), p.writeTo(topic, first)); err != nil {
		return "", err
	}
	open, err := p.session("stays-open")
	if err != nil {
		return "", err
	}
	behind, err := p.session("goes-by")
	if err != nil {
		return "", err
	}
	early, late := checks.Unkeyed("open", 3), checks.Unkeyed("behind", 3)
	if err := errors.Join(open.write(topic, early), behind.write(topic, late)); err != nil {
		return "", err
	}
	if err := behind.end(true); err != nil {
		return "", err
	}
	all := slices.Concat(first, early, late)
	got, err := p.fetch(topic, len(all), kafka.ReadUncommitted)
	if err := errors.Join(err, checks.Same(all, got)); err != nil {
		return "", err
	}
	hidden, err := p.fetchOnce(topic, 0, kafka.ReadCommitted)
	if err := errors.Join(err, checks.Same(first, hidden), open.end(true)); err != nil {
		return "", err
	}
	got, err = p.fetch(topic, len(all), kafka.ReadCommitted)
	return fmt.Sprintf("%d records", len(all)), errors.Join(err, checks.Same(all, got))
}

func (p *Program) offsetsInTransaction() (string, error) {
	topic := checks.Named("transaction-offsets")
	records := checks.Unkeyed("offsets", 5*checks.GroupPartitions)
	wanted := map[int32]int64{}
	for i := range records {
		records[i].Partition = int32(i % checks.GroupPartitions)
		wanted[records[i].Partition] = 3
	}
	err := errors.Join(p.createForGroup(topic, checks.GroupPartitions), p.writeTo(topic, records))
	if err != nil {
		return "", err
	}
	s, err := p.session("offsets")
	if err != nil {
		return "", err
	}
	send := func(isCommitted bool) error {
		return errors.Join(s.write(topic, checks.Unkeyed("row", 1)),
			s.sendOffsets(topic, topic, wanted), s.end(isCommitted))
	}
	if err := errors.Join(send(false), s.write(topic, checks.Unkeyed("next", 1))); err != nil {
		return "", err
	}
	// That the next could begin says that all markers of the aborted are written.
	none, err := p.offsets(topic, topic)
	if err != nil || len(none) > 0 {
		return "", errors.Join(err, fmt.Errorf("offsets of an aborted transaction: %v", none))
	}
	if err := send(true); err != nil {
		return "", err
	}
	_, err = checks.Await(fmt.Sprint(wanted), func() (string, error) {
		offsets, err := p.offsets(topic, topic)
		return fmt.Sprint(offsets), err
	})
	return "none of the aborted, 3 of the committed", err
}
