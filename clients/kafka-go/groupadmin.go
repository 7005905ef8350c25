package main

import (
	"errors"

	"github.com/segmentio/kafka-go"
	"odradek/checks"
)

func (p *Program) createForGroup(topic string, partitions int) error {
	answer, err := p.client.CreateTopics(p.ctx, &kafka.CreateTopicsRequest{
		Topics: []kafka.TopicConfig{{
			Topic: topic, NumPartitions: partitions, ReplicationFactor: 3, ConfigEntries: forever,
		}},
	})
	if err != nil {
		return err
	}
	return answer.Errors[topic]
}

func (p *Program) offsets(group, topic string) (map[int32]int64, error) {
	answer, err := p.client.OffsetFetch(p.ctx, &kafka.OffsetFetchRequest{
		GroupID: group,
		Topics:  map[string][]int{topic: {0, 1, 2, 3, 4, 5}},
	})
	if err != nil {
		return nil, err
	}
	offsets, err := map[int32]int64{}, answer.Error
	for _, partition := range answer.Topics[topic] {
		if partition.CommittedOffset >= 0 {
			offsets[int32(partition.Partition)] = partition.CommittedOffset
		}
		err = errors.Join(err, partition.Error)
	}
	return offsets, err
}

func (p *Program) listGroups() (groups []string, err error) {
	answer, err := p.client.ListGroups(p.ctx, &kafka.ListGroupsRequest{})
	if err != nil {
		return nil, err
	}
	for _, group := range answer.Groups {
		groups = append(groups, group.GroupID)
	}
	return groups, answer.Error
}

func (p *Program) describeGroup(name string) (described checks.DescribedGroup, err error) {
	answer, err := p.client.DescribeGroups(p.ctx,
		&kafka.DescribeGroupsRequest{GroupIDs: []string{name}})
	if err != nil {
		return described, err
	}
	group := answer.Groups[0]
	described.State, described.Shares = group.GroupState, map[string][]int32{}
	for _, member := range group.Members {
		for _, topic := range member.MemberAssignments.Topics {
			for _, partition := range topic.Partitions {
				share := described.Shares[member.ClientID]
				described.Shares[member.ClientID] = append(share, int32(partition))
			}
		}
	}
	return described, group.Error
}

// AlterOffsets as somebody who is in no generation.
func (p *Program) alterOffsets(group, topic string, offsets map[int32]int64) error {
	var commits []kafka.OffsetCommit
	for partition, offset := range offsets {
		commits = append(commits, kafka.OffsetCommit{Partition: int(partition), Offset: offset})
	}
	answer, err := p.client.OffsetCommit(p.ctx, &kafka.OffsetCommitRequest{
		GroupID: group, GenerationID: -1, Topics: map[string][]kafka.OffsetCommit{topic: commits},
	})
	if err != nil {
		return err
	}
	for _, partition := range answer.Topics[topic] {
		err = errors.Join(err, partition.Error)
	}
	return err
}

func (p *Program) deleteOffsets(group, topic string, partitions []int32) error {
	var all []int
	for _, partition := range partitions {
		all = append(all, int(partition))
	}
	answer, err := p.client.OffsetDelete(p.ctx, &kafka.OffsetDeleteRequest{
		GroupID: group, Topics: map[string][]int{topic: all},
	})
	if err != nil {
		return err
	}
	err = answer.Error
	for _, partition := range answer.Topics[topic] {
		err = errors.Join(err, partition.Error)
	}
	return err
}

func (p *Program) deleteGroup(group string) error {
	answer, err := p.client.DeleteGroups(p.ctx,
		&kafka.DeleteGroupsRequest{GroupIDs: []string{group}})
	if err != nil {
		return err
	}
	return answer.Errors[group]
}
