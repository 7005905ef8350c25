package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/IBM/sarama"
	"odradek/checks"
)

func (p *Program) groups() checks.GroupClient {
	administer := sync.OnceValues(func() (sarama.ClusterAdmin, error) {
		return sarama.NewClusterAdmin(checks.Bootstrap(), p.newConfig(func(config *sarama.Config) {
			config.Admin.Timeout = checks.Patience
		}))
	})
	g := &groupAdmin{administer}
	admin := checks.GroupAdmin{List: g.list, Describe: g.describe}
	version := p.newConfig(nil).Version
	if version.IsAtLeast(sarama.V1_1_0_0) {
		admin.Delete = g.remove
	}
	if version.IsAtLeast(sarama.V2_4_0_0) {
		admin.DeleteOffsets = g.deleteOffsets
	}
	lacks := map[string]string{"group-848": "it speaks the classic protocol only"}
	if _, isThere := strategies["cooperative-sticky"]; !isThere {
		lacks["group-cooperative"] = "its strategies are eager ones"
	}
	if !version.IsAtLeast(sarama.V2_3_0_0) {
		lacks["group-static"] = "its default Version, 1.0, is older than static ids"
	}
	return checks.GroupClient{
		CreateTopic: g.createTopic,
		Write:       p.writeTo,
		Join:        p.join,
		Offsets:     g.offsets,
		Admin:       admin,
		Strategies:  []string{"range", "roundrobin", "sticky"},
		Cooperative: "cooperative-sticky",
		Lacks:       lacks,
	}
}

func (p *Program) writeTo(topic string, records []checks.Record) error {
	there := *p
	there.topic = topic
	return there.write(records, func(config *sarama.Config) {
		partitionedBy(sarama.NewManualPartitioner)(config)
		patient(config)
	})
}

// Patient: each broker learns of a topic on its own, but what was late must not be there twice.
func patient(config *sarama.Config) {
	config.Metadata.Retry.Max = 100
	config.Producer.Retry.Max = 100
	config.Producer.Timeout = checks.Patience
	config.Net.ReadTimeout = 2 * checks.Patience
}

// Member consumes in one session after the other, until it closes.
type member struct {
	seat  *checks.Seat
	group sarama.ConsumerGroup
	leave context.CancelFunc
	over  chan error

	lock    sync.Mutex
	session sarama.ConsumerGroupSession
}

func (p *Program) groupConfig(seat *checks.Seat) *sarama.Config {
	return p.newConfig(func(config *sarama.Config) {
		config.ClientID = seat.Member
		config.Metadata.Retry.Max = 50
		config.Consumer.Offsets.Initial = sarama.OffsetOldest
		config.Consumer.Offsets.AutoCommit.Enable = seat.Commits != checks.Manual
		config.Consumer.Offsets.AutoCommit.Interval = checks.CommitInterval
		config.Consumer.Group.Heartbeat.Interval = checks.Heartbeat
		config.Consumer.Group.Rebalance.Retry.Max = 100
		config.Consumer.Group.Rebalance.Retry.Backoff = 100 * time.Millisecond
		config.Consumer.Group.InstanceId = seat.Static
		if seat.Session > 0 {
			config.Consumer.Group.Session.Timeout = seat.Session
		}
		if strategy := strategies[seat.Strategy]; strategy != nil {
			config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{strategy()}
		}
		ofThisRelease(config)
	})
}

func (p *Program) join(seat *checks.Seat) (checks.Member, error) {
	config := p.groupConfig(seat)
	group, err := sarama.NewConsumerGroup(checks.Bootstrap(), seat.Group, config)
	if err != nil {
		return nil, err
	}
	return joined(seat, group, nil), nil
}

// Joined consumes as long as it is a member; it handles what it gets if nobody else does.
func joined(
	seat *checks.Seat, group sarama.ConsumerGroup, handler sarama.ConsumerGroupHandler,
) *member {
	ctx, leave := context.WithCancel(context.Background())
	m := &member{seat: seat, group: group, leave: leave, over: make(chan error, 1)}
	if handler == nil {
		handler = m
	}
	go func() { m.over <- m.consume(ctx, handler) }()
	return m
}

func (m *member) consume(ctx context.Context, handler sarama.ConsumerGroupHandler) error {
	for ctx.Err() == nil {
		err := m.group.Consume(ctx, []string{m.seat.Topic}, handler)
		if err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// Setup is one of the three things that Sarama asks of a handler.
func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.session = session
	return nil
}

// Cleanup is when every claim has ended.
func (m *member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

// ConsumeClaim has one partition as long as it is ours.
func (m *member) ConsumeClaim(
	session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim,
) error {
	m.seat.Gains(claim.Partition())
	defer m.seat.Loses(claim.Partition())
	for message := range claim.Messages() {
		m.seat.Reads(recordOf(message))
		if m.seat.Commits == checks.Auto {
			session.MarkMessage(message, "")
		}
	}
	return nil
}

func (m *member) Commit(offsets map[int32]int64) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	for partition, offset := range offsets {
		m.session.MarkOffset(m.seat.Topic, partition, offset, "")
	}
	if m.seat.Commits == checks.Manual {
		m.session.Commit()
	}
	return nil
}

func (m *member) Close() error {
	m.leave()
	return errors.Join(<-m.over, m.group.Close())
}

// GroupAdmin is Sarama's ClusterAdmin.
type groupAdmin struct {
	administer func() (sarama.ClusterAdmin, error)
}

func (g *groupAdmin) createTopic(topic string, partitions int) error {
	admin, err := g.administer()
	if err != nil {
		return err
	}
	return admin.CreateTopic(topic, &sarama.TopicDetail{
		NumPartitions: int32(partitions), ReplicationFactor: 3,
		ConfigEntries: map[string]*string{"retention.ms": &forever},
	}, false)
}

func (g *groupAdmin) offsets(group, topic string) (map[int32]int64, error) {
	admin, err := g.administer()
	if err != nil {
		return nil, err
	}
	var partitions []int32
	for partition := range int32(checks.GroupPartitions) {
		partitions = append(partitions, partition)
	}
	answer, err := admin.ListConsumerGroupOffsets(group, map[string][]int32{topic: partitions})
	if err != nil {
		return nil, err
	}
	offsets := map[int32]int64{}
	for partition, block := range answer.Blocks[topic] {
		if block.Offset >= 0 {
			offsets[partition] = block.Offset
		}
		if block.Err != sarama.ErrNoError {
			err = errors.Join(err, block.Err)
		}
	}
	return offsets, err
}

func (g *groupAdmin) list() ([]string, error) {
	admin, err := g.administer()
	if err != nil {
		return nil, err
	}
	groups, err := admin.ListConsumerGroups()
	return slices.Collect(maps.Keys(groups)), err
}

func (g *groupAdmin) describe(group string) (described checks.DescribedGroup, err error) {
	admin, err := g.administer()
	if err != nil {
		return described, err
	}
	answers, err := admin.DescribeConsumerGroups([]string{group})
	if err != nil {
		return described, err
	}
	described.State, described.Shares = answers[0].State, map[string][]int32{}
	for _, member := range answers[0].Members {
		assignment, failure := member.GetMemberAssignment()
		if err = errors.Join(err, failure); assignment == nil {
			continue
		}
		for _, partitions := range assignment.Topics {
			described.Shares[member.ClientId] = append(described.Shares[member.ClientId], partitions...)
		}
	}
	return described, err
}

func (g *groupAdmin) deleteOffsets(group, topic string, partitions []int32) error {
	admin, err := g.administer()
	for _, partition := range partitions {
		if err == nil {
			err = admin.DeleteConsumerGroupOffset(group, topic, partition)
		}
	}
	return err
}

func (g *groupAdmin) remove(group string) error {
	admin, err := g.administer()
	if err != nil {
		return err
	}
	return admin.DeleteConsumerGroup(group)
}
