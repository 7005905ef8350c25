package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/segmentio/kafka-go"
	"odradek/checks"
)

var balancers = map[string]kafka.GroupBalancer{
	"range":      kafka.RangeGroupBalancer{},
	"roundrobin": kafka.RoundRobinGroupBalancer{},
}

func (p *Program) groups() checks.GroupClient {
	return checks.GroupClient{
		CreateTopic: p.createForGroup,
		Write:       p.writeTo,
		Join:        p.join,
		Offsets:     p.offsets,
		Admin: checks.GroupAdmin{
			List: p.listGroups, Describe: p.describeGroup, Delete: p.deleteGroup,
			Alter: p.alterOffsets, DeleteOffsets: p.deleteOffsets,
		},
		Blind:      true, // a Reader shows messages, and no more
		Strategies: []string{"range", "roundrobin"},
		Ways:       []string{generations},
		Lacks: map[string]string{
			"group-static":       "it joins with JoinGroup 1, which has no static ids",
			"group-cooperative":  "its balancers are eager ones",
			"group-848":          "it speaks the classic protocol only",
			"group-mark-message": "",
		},
	}
}

func (p *Program) writeTo(topic string, records []checks.Record) error {
	there := *p
	there.topic = topic
	return there.write(records, func(writer *kafka.Writer) {
		writer.MaxAttempts = 50 // each broker learns of a topic on its own
		writer.WriteBackoffMax = 100 * time.Millisecond
		// It has no producer id: what it would write again, as no answer came in time, is there twice.
		writer.WriteTimeout = checks.Patience
		writer.ReadTimeout = checks.Patience
		writer.Balancer = kafka.BalancerFunc(func(message kafka.Message, _ ...int) int {
			return int(records[message.WriterData.(int)].Partition)
		})
	})
}

func (p *Program) join(seat *checks.Seat) (checks.Member, error) {
	if seat.Way == generations {
		return p.joinByGenerations(seat)
	}
	return p.joinByReader(seat), nil
}

// Reader is the way that most go: it joins, reads and commits, and says nothing of partitions.
type reader struct {
	seat   *checks.Seat
	reader *kafka.Reader
	leave  context.CancelFunc
	over   chan error
}

func (p *Program) joinByReader(seat *checks.Seat) *reader {
	config := kafka.ReaderConfig{
		Brokers:           checks.Bootstrap(),
		GroupID:           seat.Group,
		Topic:             seat.Topic,
		Dialer:            &kafka.Dialer{ClientID: seat.Member},
		StartOffset:       kafka.FirstOffset,
		MaxWait:           100 * time.Millisecond,
		HeartbeatInterval: checks.Heartbeat,
		SessionTimeout:    seat.Session,
		JoinGroupBackoff:  100 * time.Millisecond,
	}
	if seat.Commits == checks.Auto {
		config.CommitInterval = checks.CommitInterval
	}
	if balancer, isSaid := balancers[seat.Strategy]; isSaid {
		config.GroupBalancers = []kafka.GroupBalancer{balancer}
	}
	ctx, leave := context.WithCancel(p.ctx)
	r := &reader{seat, kafka.NewReader(config), leave, make(chan error, 1)}
	go func() { r.over <- r.consume(ctx) }()
	return r
}

func (r *reader) consume(ctx context.Context) error {
	for {
		message, err := r.reader.FetchMessage(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			// Where there is no coordinator yet, a Reader tries again and lets us know of it.
			fmt.Fprintln(os.Stderr, err)
			continue
		}
		r.seat.Reads(recordOf(message))
		if r.seat.Commits == checks.Auto {
			if err := r.reader.CommitMessages(ctx, message); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

// Commit the messages before the offsets, and wait, as there is no interval.
func (r *reader) Commit(offsets map[int32]int64) error {
	var messages []kafka.Message
	for partition, offset := range offsets {
		messages = append(messages,
			kafka.Message{Topic: r.seat.Topic, Partition: int(partition), Offset: offset - 1})
	}
	return r.reader.CommitMessages(context.Background(), messages...)
}

func (r *reader) Close() error {
	r.leave()
	return errors.Join(<-r.over, r.reader.Close())
}
