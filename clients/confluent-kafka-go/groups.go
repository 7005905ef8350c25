package main

import (
	"context"
	"strings"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"odradek/checks"
)

func (p *Program) groups() checks.GroupClient {
	return checks.GroupClient{
		CreateTopic: p.createForGroup,
		Write: func(topic string, records []checks.Record) error {
			there := *p
			there.topic = topic
			return there.send(records, kafka.ConfigMap{"enable.idempotence": true})
		},
		Join:    join,
		Offsets: p.offsets,
		Admin: checks.GroupAdmin{
			List: p.listGroups, Describe: p.describeGroup, Delete: p.deleteGroup,
			Alter: p.alterOffsets,
		},
		Strategies:  []string{"range", "roundrobin"},
		Cooperative: "cooperative-sticky",
	}
}

// Member polls until it closes. What it is told of partitions comes in between.
type member struct {
	seat     *checks.Seat
	consumer *kafka.Consumer
	leave    context.CancelFunc
	over     chan error
}

func chosen(seat *checks.Seat) *kafka.ConfigMap {
	config := kafka.ConfigMap{
		"bootstrap.servers":        strings.Join(checks.Bootstrap(), ","),
		"client.id":                seat.Member,
		"group.id":                 seat.Group,
		"auto.offset.reset":        "earliest",
		"enable.auto.commit":       seat.Commits != checks.Manual,
		"auto.commit.interval.ms":  int(checks.CommitInterval.Milliseconds()),
		"enable.auto.offset.store": false,
		"fetch.wait.max.ms":        100,
	}
	if seat.NextGeneration {
		config["group.protocol"] = "consumer"
	} else {
		config["heartbeat.interval.ms"] = int(checks.Heartbeat.Milliseconds())
	}
	if seat.Strategy != "" {
		config["partition.assignment.strategy"] = seat.Strategy
	}
	if seat.Static != "" {
		config["group.instance.id"] = seat.Static
	}
	if seat.Session > 0 {
		config["session.timeout.ms"] = int(seat.Session.Milliseconds())
	}
	return &config
}

func join(seat *checks.Seat) (checks.Member, error) {
	consumer, err := kafka.NewConsumer(chosen(seat))
	if err != nil {
		return nil, err
	}
	ctx, leave := context.WithCancel(context.Background())
	m := &member{seat, consumer, leave, make(chan error, 1)}
	if err := consumer.SubscribeTopics([]string{seat.Topic}, m.rebalanced); err != nil {
		return nil, err
	}
	go func() { m.over <- m.consume(ctx) }()
	return m, nil
}

// Rebalanced leaves it to the client to assign and to revoke.
func (m *member) rebalanced(_ *kafka.Consumer, event kafka.Event) error {
	switch change := event.(type) {
	case kafka.AssignedPartitions:
		m.seat.Gains(numbers(change.Partitions)...)
	case kafka.RevokedPartitions:
		m.seat.Loses(numbers(change.Partitions)...)
	}
	return nil
}

func numbers(partitions []kafka.TopicPartition) (numbers []int32) {
	for _, partition := range partitions {
		numbers = append(numbers, partition.Partition)
	}
	return numbers
}

func (m *member) consume(ctx context.Context) error {
	for ctx.Err() == nil {
		switch event := m.consumer.Poll(100).(type) {
		case *kafka.Message:
			m.seat.Reads(recordOf(event))
			if m.seat.Commits != checks.Auto {
				continue
			}
			if _, err := m.consumer.StoreMessage(event); err != nil {
				return err
			}
		case kafka.Error:
			if event.IsFatal() {
				return event
			}
		}
	}
	return nil
}

func places(topic string, offsets map[int32]int64) (places []kafka.TopicPartition) {
	for partition, offset := range offsets {
		places = append(places, kafka.TopicPartition{
			Topic: &topic, Partition: partition, Offset: kafka.Offset(offset),
		})
	}
	return places
}

func (m *member) Commit(offsets map[int32]int64) error {
	do := m.consumer.CommitOffsets
	if m.seat.Commits == checks.Marked {
		do = m.consumer.StoreOffsets
	}
	done, err := do(places(m.seat.Topic, offsets))
	return firstError(done, err)
}

func firstError(partitions []kafka.TopicPartition, err error) error {
	for _, partition := range partitions {
		if err == nil {
			err = partition.Error
		}
	}
	return err
}

func (m *member) Close() error {
	m.leave()
	err := <-m.over
	if closed := m.consumer.Close(); err == nil {
		err = closed
	}
	return err
}
