package main

import (
	"errors"
	"fmt"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"odradek/checks"
)

// CreateForGroup waits until every broker knows the topic, as each leads some of it: one that had not
// heard of it would have a producer forget that there are partitions.
func (p *Program) createForGroup(topic string, partitions int) error {
	created, err := p.admin.CreateTopics(p.ctx, []kafka.TopicSpecification{{
		Topic: topic, NumPartitions: partitions, ReplicationFactor: 3, Config: forever,
	}})
	if err := outcome(created, err); err != nil {
		return err
	}
	const queryMs = 2000
	_, err = checks.Await("all are led", func() (string, error) {
		// Asked by a client that knows nothing yet: what it is told too early it keeps for minutes.
		asking, err := kafka.NewProducer(config(nil))
		if err != nil {
			return "", err
		}
		defer asking.Close()
		for partition := range int32(partitions) {
			if _, _, err := asking.QueryWatermarkOffsets(topic, partition, queryMs); err != nil {
				return "", err
			}
		}
		return "all are led", nil
	})
	return err
}

func (p *Program) offsets(group, topic string) (map[int32]int64, error) {
	asked := kafka.ConsumerGroupTopicPartitions{Group: group} // all that it has
	answer, err := p.admin.ListConsumerGroupOffsets(p.ctx,
		[]kafka.ConsumerGroupTopicPartitions{asked})
	if err != nil {
		return nil, err
	}
	offsets, partitions := map[int32]int64{}, answer.ConsumerGroupsTopicPartitions[0].Partitions
	for _, partition := range partitions {
		if *partition.Topic == topic && partition.Offset >= 0 {
			offsets[partition.Partition] = int64(partition.Offset)
		}
	}
	return offsets, firstError(partitions, nil)
}

func (p *Program) listGroups() (groups []string, err error) {
	listed, err := p.admin.ListConsumerGroups(p.ctx)
	for _, group := range listed.Valid {
		groups = append(groups, group.GroupID)
	}
	return groups, errors.Join(err, errors.Join(listed.Errors...))
}

var types = map[kafka.ConsumerGroupType]string{
	kafka.ConsumerGroupTypeClassic:  "classic",
	kafka.ConsumerGroupTypeConsumer: "consumer",
}

func (p *Program) describeGroup(name string) (described checks.DescribedGroup, err error) {
	answer, err := p.admin.DescribeConsumerGroups(p.ctx, []string{name})
	if err != nil {
		return described, err
	}
	group := answer.ConsumerGroupDescriptions[0]
	if group.Error.Code() != kafka.ErrNoError {
		return described, group.Error
	}
	described.State, described.Type = group.State.String(), types[group.Type]
	described.Shares = map[string][]int32{}
	for _, member := range group.Members {
		described.Shares[member.ClientID] = numbers(member.Assignment.TopicPartitions)
	}
	return described, nil
}

func (p *Program) alterOffsets(group, topic string, offsets map[int32]int64) error {
	altered := kafka.ConsumerGroupTopicPartitions{Group: group, Partitions: places(topic, offsets)}
	answer, err := p.admin.AlterConsumerGroupOffsets(p.ctx,
		[]kafka.ConsumerGroupTopicPartitions{altered})
	if err != nil {
		return err
	}
	return firstError(answer.ConsumerGroupsTopicPartitions[0].Partitions, nil)
}

func (p *Program) deleteGroup(group string) error {
	answer, err := p.admin.DeleteConsumerGroups(p.ctx, []string{group})
	if err != nil {
		return err
	}
	if result := answer.ConsumerGroupResults[0]; result.Error.Code() != kafka.ErrNoError {
		return fmt.Errorf("%s: %w", group, result.Error)
	}
	return nil
}
