package main

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/IBM/sarama"
	"odradek/checks"
)

func (p *Program) transactions() checks.TransactionClient {
	return checks.TransactionClient{
		GroupClient: p.groups(),
		Produce: func(id string) (checks.Producer, error) {
			producer, err := p.produceAs(id)
			return producer, err
		},
		Follow:  p.follow,
		Process: p.process,
		Fenced:  func(err error) bool { return errors.Is(err, fenced) },
	}
}

type producer struct {
	sarama.SyncProducer
	program *Program
}

func (p *Program) produceAs(id string) (*producer, error) {
	config := p.newConfig(func(config *sarama.Config) {
		idempotent(config)
		patient(config)
		config.Producer.Partitioner = sarama.NewManualPartitioner
		config.Producer.Transaction.ID = id
		// It is also how it waits for a coordinator, and for the end of the transaction before.
		config.Producer.Transaction.Retry.Max = 600
	})
	producing, err := newTransactional(checks.Bootstrap(), config)
	return &producer{producing, p}, err
}

func (p *producer) Begin() error { return p.BeginTxn() }

func (p *producer) Commit() error { return p.CommitTxn() }

func (p *producer) Abort() error { return p.AbortTxn() }

func (p *producer) Write(topic string, records []checks.Record) error {
	there := *p.program
	there.topic = topic
	return there.writeWith(p.SyncProducer, records)
}

func (p *producer) SendOffsets(group, topic string, offsets map[int32]int64) error {
	var all []*sarama.PartitionOffsetMetadata
	for partition, offset := range offsets {
		all = append(all, &sarama.PartitionOffsetMetadata{Partition: partition, Offset: offset})
	}
	return p.AddOffsetsToTxn(map[string][]*sarama.PartitionOffsetMetadata{topic: all}, group)
}

// Following reads each partition for itself.
type following struct {
	client     sarama.Consumer
	partitions []sarama.PartitionConsumer
	all        sync.WaitGroup
}

func isolated(isCommitted bool) func(*sarama.Config) {
	return func(config *sarama.Config) {
		config.Consumer.MaxWaitTime = 100 * time.Millisecond
		config.Consumer.IsolationLevel = sarama.ReadUncommitted
		if isCommitted {
			config.Consumer.IsolationLevel = sarama.ReadCommitted
		}
	}
}

func (p *Program) follow(
	topic string, partitions int, isCommitted bool, read func(checks.Record),
) (io.Closer, error) {
	client, err := sarama.NewConsumer(checks.Bootstrap(), p.newConfig(isolated(isCommitted)))
	if err != nil {
		return nil, err
	}
	f := &following{client: client}
	for partition := range int32(partitions) {
		messages, err := client.ConsumePartition(topic, partition, sarama.OffsetOldest)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		f.partitions = append(f.partitions, messages)
		f.all.Go(func() {
			for message := range messages.Messages() {
				read(recordOf(message))
			}
		})
	}
	return f, nil
}

func (f *following) Close() error {
	for _, partition := range f.partitions {
		partition.AsyncClose()
	}
	f.all.Wait()
	return f.client.Close()
}

// Processor consumes in a group, and has to keep itself what an abort gives back.
type processor struct {
	*producer
	*member
	messages chan claimed
	taken    []claimed
}

// Claimed is a message with the session in which it came.
type claimed struct {
	*sarama.ConsumerMessage
	session sarama.ConsumerGroupSession
}

func (p *Program) process(seat *checks.Seat, id string) (checks.Processor, error) {
	producer, err := p.produceAs(id)
	if err != nil {
		return nil, err
	}
	config := p.groupConfig(seat)
	isolated(true)(config)
	group, err := sarama.NewConsumerGroup(checks.Bootstrap(), seat.Group, config)
	if err != nil {
		return nil, errors.Join(err, producer.Close())
	}
	processor := &processor{producer: producer, messages: make(chan claimed)}
	processor.member = joined(seat, group, processor)
	return processor, nil
}

// ConsumeClaim hands over what it gets, one message after the other.
func (p *processor) ConsumeClaim(
	session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim,
) error {
	for message := range claim.Messages() {
		select {
		case p.messages <- claimed{message, session}:
		case <-session.Context().Done():
			return nil
		}
	}
	return nil
}

func (p *processor) Take(most int) ([]checks.Record, error) {
	patience := time.After(checks.Patience)
	for len(p.taken) == 0 {
		select {
		case message := <-p.messages:
			p.taken = append(p.taken, message)
		case <-patience:
			return nil, errors.New("no message came in time")
		}
	}
	for len(p.taken) < most && p.takeMore() {
	}
	var records []checks.Record
	for _, message := range p.taken {
		records = append(records, recordOf(message.ConsumerMessage))
	}
	return records, nil
}

func (p *processor) takeMore() bool {
	select {
	case message := <-p.messages:
		p.taken = append(p.taken, message)
		return true
	default:
		return false
	}
}

func (p *processor) SendTaken() error {
	for _, message := range p.taken {
		if err := addToTransaction(p.SyncProducer, message, p.seat.Group); err != nil {
			return fmt.Errorf("offset %d: %w", message.Offset, err)
		}
	}
	return nil
}

func (p *processor) Commit() error {
	p.taken = nil
	return p.producer.Commit()
}

func (p *processor) Leave() error { return p.member.Close() }

func (p *processor) Close() error { return p.producer.Close() }
