package main

import (
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"odradek/checks"
)

// Records carry times of their own choosing, which retention would otherwise find too old.
var forever = map[string]*string{"retention.ms": kadm.StringPtr("-1")}

func (p *Program) createTopic() (string, error) {
	if _, err := p.admin.CreateTopic(p.ctx, 3, 3, forever, p.topic); err != nil {
		return "", err
	}
	return checks.Await("3 partitions, 3 replicas, retention.ms=-1", func() (string, error) {
		topics, err := p.admin.ListTopics(p.ctx, p.topic)
		if err = errors.Join(err, topics.Error()); err != nil {
			return "", err
		}
		retention, err := p.retention(p.topic)
		return fmt.Sprintf("%d partitions, %d replicas, retention.ms=%s",
			len(topics[p.topic].Partitions), topics[p.topic].Partitions.NumReplicas(), retention), err
	})
}

func (p *Program) retention(topic string) (string, error) {
	described, err := p.admin.DescribeTopicConfigs(p.ctx, topic)
	if err != nil {
		return "", err
	}
	resource, err := described.On(topic, nil)
	if err = errors.Join(err, resource.Err); err != nil {
		return "", err
	}
	for _, config := range resource.Configs {
		if config.Key == "retention.ms" {
			return config.MaybeValue(), nil
		}
	}
	return "", fmt.Errorf("%s has no retention.ms", topic)
}

func (p *Program) metadata() (string, error) {
	return checks.Await("3 brokers, 3 partitions led and in sync", func() (string, error) {
		metadata, err := p.admin.Metadata(p.ctx, p.topic)
		if err != nil {
			return "", err
		}
		healthy := 0
		for _, partition := range metadata.Topics[p.topic].Partitions {
			if partition.Leader >= 0 && len(partition.ISR) == 3 {
				healthy++
			}
		}
		return fmt.Sprintf("%d brokers, %d partitions led and in sync",
			len(metadata.Brokers), healthy), nil
	})
}

func (p *Program) administrate() (string, error) {
	topic := checks.Named("changed")
	if _, err := p.admin.CreateTopic(p.ctx, 2, 2, nil, topic); err != nil {
		return "", fmt.Errorf("create topic: %w", err)
	}
	created, err := p.admin.UpdatePartitions(p.ctx, 4, topic)
	if err = errors.Join(err, created.Error()); err != nil {
		return "", fmt.Errorf("create partitions: %w", err)
	}
	if err := p.alterConfig(topic, "retention.ms", "3600000"); err != nil {
		return "", fmt.Errorf("alter config: %w", err)
	}
	_, err = checks.Await("4 partitions, retention.ms=3600000", func() (string, error) {
		topics, failure := p.admin.ListTopics(p.ctx, topic)
		retention, err := p.retention(topic)
		return fmt.Sprintf("%d partitions, retention.ms=%s", len(topics[topic].Partitions), retention),
			errors.Join(failure, err)
	})
	if err != nil {
		return "", err
	}
	if err := p.deleteRecords(); err != nil {
		return "", fmt.Errorf("delete records: %w", err)
	}
	if _, err := p.admin.DeleteTopic(p.ctx, topic); err != nil {
		return "", fmt.Errorf("delete topic: %w", err)
	}
	return "create partitions, alter config, delete records, delete topic", nil
}

func (p *Program) alterConfig(topic, name, value string) error {
	altered, err := p.admin.AlterTopicConfigs(p.ctx,
		[]kadm.AlterConfig{{Op: kadm.SetConfig, Name: name, Value: &value}}, topic)
	if err != nil {
		return err
	}
	outcome, err := altered.On(topic, nil)
	return errors.Join(err, outcome.Err)
}

func (p *Program) deleteRecords() error {
	upTo := kadm.Offsets{}
	upTo.AddOffset(p.topic, 1, 2, -1)
	deleted, err := p.admin.DeleteRecords(p.ctx, upTo)
	if err = errors.Join(err, deleted.Error()); err != nil {
		return err
	}
	begin, _, err := p.bounds(1)
	if err == nil && begin != 2 {
		err = fmt.Errorf("the partition begins at %d", begin)
	}
	return err
}
