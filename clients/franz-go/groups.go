package main

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"odradek/checks"
)

var balancers = map[string]kgo.GroupBalancer{
	"range":              kgo.RangeBalancer(),
	"roundrobin":         kgo.RoundRobinBalancer(),
	"sticky":             kgo.StickyBalancer(),
	"cooperative-sticky": kgo.CooperativeStickyBalancer(),
}

func (p *Program) groups() checks.GroupClient {
	return checks.GroupClient{
		CreateTopic: func(topic string, partitions int) error {
			_, err := p.admin.CreateTopic(p.ctx, int32(partitions), 3, forever, topic)
			return err
		},
		Write: func(topic string, records []checks.Record) error {
			there := *p
			there.topic = topic
			return there.write(records, kgo.RecordPartitioner(kgo.ManualPartitioner()),
				kgo.UnknownTopicRetries(-1)) // each broker learns of a topic on its own
		},
		Join:    join,
		Offsets: p.offsets,
		Admin: checks.GroupAdmin{
			List: p.listGroups, Describe: p.describeGroup, Delete: p.deleteGroup,
			Alter: p.alterOffsets, DeleteOffsets: p.deleteOffsets,
		},
		Strategies:  []string{"range", "roundrobin", "sticky"},
		Cooperative: "cooperative-sticky",
	}
}

// Member polls until it closes. No rebalance comes between a poll and the end of what it brought.
type member struct {
	seat   *checks.Seat
	client *kgo.Client
	leave  context.CancelFunc
	over   chan error
}

func join(seat *checks.Seat) (checks.Member, error) {
	gains := func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
		seat.Gains(partitions[seat.Topic]...)
	}
	loses := func(ctx context.Context, client *kgo.Client, partitions map[string][]int32) {
		if seat.Commits == checks.Auto {
			client.CommitUncommittedOffsets(ctx) // who asks for the callback has to do it
		}
		seat.Loses(partitions[seat.Topic]...)
	}
	options := []kgo.Opt{
		kgo.SeedBrokers(checks.Bootstrap()...),
		kgo.ClientID(seat.Member),
		kgo.ConsumerGroup(seat.Group),
		kgo.ConsumeTopics(seat.Topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxWait(100 * time.Millisecond),
		kgo.HeartbeatInterval(checks.Heartbeat),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(gains),
		kgo.OnPartitionsRevoked(loses),
		kgo.OnPartitionsLost(loses),
	}
	client, err := kgo.NewClient(append(options, chosen(seat)...)...)
	if err != nil {
		return nil, err
	}
	ctx, leave := context.WithCancel(context.Background())
	m := &member{seat, client, leave, make(chan error, 1)}
	go func() { m.over <- m.consume(ctx) }()
	return m, nil
}

func chosen(seat *checks.Seat) (options []kgo.Opt) {
	switch seat.Commits {
	case checks.Manual:
		options = append(options, kgo.DisableAutoCommit())
	case checks.Marked:
		options = append(options, kgo.AutoCommitMarks())
		fallthrough
	default:
		options = append(options, kgo.AutoCommitInterval(checks.CommitInterval))
	}
	if balancer, isSaid := balancers[seat.Strategy]; isSaid {
		options = append(options, kgo.Balancers(balancer))
	}
	if seat.Static != "" {
		options = append(options, kgo.InstanceID(seat.Static))
	}
	if seat.Session > 0 {
		options = append(options, kgo.SessionTimeout(seat.Session))
	}
	if seat.NextGeneration {
		options = append(options, kgo.ServerSideBalancer(), kgo.Balancers(kgo.StickyBalancer()))
	}
	return options
}

func (m *member) consume(ctx context.Context) error {
	for ctx.Err() == nil {
		fetches := m.client.PollFetches(ctx)
		if err := fetches.Err(); err != nil && ctx.Err() == nil {
			return err
		}
		fetches.EachRecord(func(fetched *kgo.Record) { m.seat.Reads(recordOf(fetched)) })
		m.client.AllowRebalance()
	}
	return nil
}

func (m *member) Commit(offsets map[int32]int64) (err error) {
	partitions := map[int32]kgo.EpochOffset{}
	for partition, offset := range offsets {
		partitions[partition] = kgo.EpochOffset{Epoch: -1, Offset: offset}
	}
	topics := map[string]map[int32]kgo.EpochOffset{m.seat.Topic: partitions}
	if m.seat.Commits == checks.Marked {
		m.client.MarkCommitOffsets(topics)
		return nil
	}
	m.client.CommitOffsetsSync(context.Background(), topics, func(
		_ *kgo.Client, _ *kmsg.OffsetCommitRequest, _ *kmsg.OffsetCommitResponse, failure error,
	) {
		err = failure
	})
	return err
}

func (m *member) Close() error {
	m.leave()
	err := <-m.over
	m.client.CloseAllowingRebalance()
	return err
}

func (p *Program) offsets(group, topic string) (map[int32]int64, error) {
	answer, err := p.admin.FetchOffsets(p.ctx, group)
	offsets := map[int32]int64{}
	for partition, offset := range answer[topic] {
		offsets[partition] = offset.At
	}
	return offsets, errors.Join(err, answer.Error())
}

func (p *Program) listGroups() ([]string, error) {
	listed, err := p.admin.ListGroups(p.ctx)
	return listed.Groups(), err
}

// DescribeGroup asks in the way of KIP-848 first, which knows no classic groups.
func (p *Program) describeGroup(name string) (described checks.DescribedGroup, err error) {
	described.Shares = map[string][]int32{}
	answers, err := p.admin.DescribeConsumerGroups(p.ctx, name)
	if group, isThere := answers[name]; err == nil && isThere && group.Err == nil {
		described.State, described.Type = group.State, "consumer"
		for _, member := range group.Members {
			for _, partitions := range member.Assignment.IntoList() {
				described.Shares[member.ClientID] = partitions.Partitions
			}
		}
		return described, nil
	}
	classics, err := p.admin.DescribeGroups(p.ctx, name)
	group := classics[name]
	described.State, described.Type = group.State, "classic"
	for _, member := range group.Members {
		assigned, _ := member.Assigned.AsConsumer()
		for _, topic := range assigned.Topics {
			described.Shares[member.ClientID] = topic.Partitions
		}
	}
	return described, errors.Join(err, group.Err)
}

func (p *Program) alterOffsets(group, topic string, offsets map[int32]int64) error {
	altered := kadm.Offsets{}
	for partition, offset := range offsets {
		altered.AddOffset(topic, partition, offset, -1)
	}
	return p.admin.CommitAllOffsets(p.ctx, group, altered)
}

func (p *Program) deleteOffsets(group, topic string, partitions []int32) error {
	deleted := kadm.TopicsSet{}
	deleted.Add(topic, partitions...)
	answer, err := p.admin.DeleteOffsets(p.ctx, group, deleted)
	return errors.Join(err, answer.Error())
}

func (p *Program) deleteGroup(group string) error {
	answer, err := p.admin.DeleteGroup(p.ctx, group)
	return errors.Join(err, answer.Err)
}
