package main

import (
	"context"
	"errors"
	"time"

	"github.com/segmentio/kafka-go"
	"odradek/checks"
)

// Generations is the other way to be a member: a ConsumerGroup.
const generations = "generations"

type generationMember struct {
	seat  *checks.Seat
	group *kafka.ConsumerGroup
	over  chan error
}

func (p *Program) joinByGenerations(seat *checks.Seat) (checks.Member, error) {
	group, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID:                seat.Group,
		Brokers:           checks.Bootstrap(),
		Topics:            []string{seat.Topic},
		Dialer:            &kafka.Dialer{ClientID: seat.Member},
		HeartbeatInterval: checks.Heartbeat,
		JoinGroupBackoff:  100 * time.Millisecond,
	})
	if err != nil {
		return nil, err
	}
	m := &generationMember{seat, group, make(chan error, 1)}
	go func() { m.over <- m.consume(p) }()
	return m, nil
}

func (m *generationMember) consume(p *Program) error {
	for {
		generation, err := m.group.Next(p.ctx)
		if errors.Is(err, kafka.ErrGroupClosed) {
			return nil
		}
		if err != nil {
			continue // there is no coordinator yet; it tries again by itself
		}
		for _, assignment := range generation.Assignments[m.seat.Topic] {
			generation.Start(func(ctx context.Context) { m.read(ctx, p, generation, assignment) })
		}
	}
}

// Read a partition until the generation is over.
func (m *generationMember) read(
	ctx context.Context, p *Program, generation *kafka.Generation, from kafka.PartitionAssignment,
) {
	there := *p
	there.topic = m.seat.Topic
	reader := there.reader(int32(from.ID))
	defer reader.Close()
	if reader.SetOffset(from.Offset) != nil {
		return
	}
	for {
		message, err := reader.ReadMessage(ctx)
		if err != nil {
			return // and so the generation ends, if it has not
		}
		m.seat.Reads(recordOf(message))
		err = generation.CommitOffsets(map[string]map[int]int64{
			m.seat.Topic: {from.ID: message.Offset + 1},
		})
		if err != nil {
			return
		}
	}
}

func (m *generationMember) Commit(map[int32]int64) error {
	return errors.New("it commits after each message")
}

func (m *generationMember) Close() error { return errors.Join(m.group.Close(), <-m.over) }
