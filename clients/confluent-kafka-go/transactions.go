package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
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
		Fenced: func(err error) bool {
			var said kafka.Error
			return errors.As(err, &said) && said.Code() == kafka.ErrFenced && said.IsFatal()
		},
	}
}

type producer struct {
	*kafka.Producer
}

// Patiently calls what waits for the coordinator.
func patiently(call func(context.Context) error) error {
	ctx, done := context.WithTimeout(context.Background(), checks.Patience)
	defer done()
	return call(ctx)
}

func (p *Program) produceAs(id string) (*producer, error) {
	made, err := kafka.NewProducer(config(kafka.ConfigMap{"transactional.id": id}))
	if err != nil {
		return nil, err
	}
	if err := patiently(made.InitTransactions); err != nil {
		made.Close()
		return nil, err
	}
	return &producer{made}, nil
}

func (p *producer) Begin() error { return p.BeginTransaction() }

func (p *producer) Commit() error { return patiently(p.CommitTransaction) }

func (p *producer) Abort() error { return patiently(p.AbortTransaction) }

func (p *producer) Write(topic string, records []checks.Record) error {
	return sendWith(p.Producer, topic, records)
}

func (p *producer) Close() error {
	p.Producer.Close()
	return nil
}

// SendOffsets as a consumer that is a member of nothing.
func (p *producer) SendOffsets(group, topic string, offsets map[int32]int64) error {
	consumer, err := kafka.NewConsumer(config(kafka.ConfigMap{"group.id": group}))
	if err != nil {
		return err
	}
	return errors.Join(p.sendFor(consumer, topic, offsets), consumer.Close())
}

func (p *producer) sendFor(
	consumer *kafka.Consumer, topic string, offsets map[int32]int64,
) error {
	metadata, err := consumer.GetConsumerGroupMetadata()
	if err != nil {
		return err
	}
	return patiently(func(ctx context.Context) error {
		return p.SendOffsetsToTransaction(ctx, places(topic, offsets), metadata)
	})
}

func isolated(isCommitted bool) kafka.ConfigValue {
	if isCommitted {
		return "read_committed"
	}
	return "read_uncommitted"
}

type following struct {
	consumer *kafka.Consumer
	leave    context.CancelFunc
	over     chan error
}

func (p *Program) follow(
	topic string, partitions int, isCommitted bool, read func(checks.Record),
) (io.Closer, error) {
	consumer, err := kafka.NewConsumer(config(kafka.ConfigMap{
		"group.id":           checks.Named("unused"),
		"enable.auto.commit": false,
		"isolation.level":    isolated(isCommitted),
		"fetch.wait.max.ms":  100,
	}))
	if err != nil {
		return nil, err
	}
	starts := map[int32]int64{}
	for partition := range int32(partitions) {
		starts[partition] = int64(kafka.OffsetBeginning)
	}
	if err := consumer.Assign(places(topic, starts)); err != nil {
		return nil, errors.Join(err, consumer.Close())
	}
	ctx, leave := context.WithCancel(p.ctx)
	f := &following{consumer, leave, make(chan error, 1)}
	go func() { f.over <- f.poll(ctx, read) }()
	return f, nil
}

func (f *following) poll(ctx context.Context, read func(checks.Record)) error {
	for ctx.Err() == nil {
		switch event := f.consumer.Poll(100).(type) {
		case *kafka.Message:
			read(recordOf(event))
		case kafka.Error:
			if event.IsFatal() {
				return event
			}
		}
	}
	return nil
}

func (f *following) Close() error {
	f.leave()
	return errors.Join(<-f.over, f.consumer.Close())
}

// Processor has to keep itself what an abort gives back.
type processor struct {
	*producer
	seat     *checks.Seat
	consumer *kafka.Consumer
	taken    []checks.Record
}

func (p *Program) process(seat *checks.Seat, id string) (checks.Processor, error) {
	producer, err := p.produceAs(id)
	if err != nil {
		return nil, err
	}
	choice := chosen(seat)
	(*choice)["isolation.level"] = isolated(true)
	consumer, err := kafka.NewConsumer(choice)
	if err == nil {
		err = consumer.SubscribeTopics([]string{seat.Topic}, nil)
	}
	if err != nil {
		return nil, errors.Join(err, producer.Close())
	}
	return &processor{producer: producer, seat: seat, consumer: consumer}, nil
}

func (p *processor) Take(most int) ([]checks.Record, error) {
	for deadline := time.Now().Add(checks.Patience); len(p.taken) == 0; {
		if time.Now().After(deadline) {
			return nil, errors.New("no message came in time")
		}
		if err := p.poll(100); err != nil {
			return nil, err
		}
	}
	for before := 0; before < len(p.taken) && len(p.taken) < most; {
		before = len(p.taken)
		if err := p.poll(0); err != nil {
			return nil, err
		}
	}
	return p.taken, nil
}

func (p *processor) poll(ms int) error {
	switch event := p.consumer.Poll(ms).(type) {
	case *kafka.Message:
		p.taken = append(p.taken, recordOf(event))
	case kafka.Error:
		if event.IsFatal() {
			return event
		}
	}
	return nil
}

func (p *processor) SendTaken() error {
	offsets := map[int32]int64{}
	for _, record := range p.taken {
		offsets[record.Partition] = record.Offset + 1
	}
	return p.sendFor(p.consumer, p.seat.Topic, offsets)
}

func (p *processor) Commit() error {
	p.taken = nil
	return p.producer.Commit()
}

func (p *processor) Leave() error { return p.consumer.Close() }
