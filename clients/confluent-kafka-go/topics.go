package main

import (
	"errors"
	"fmt"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"odradek/checks"
)

// Records carry times of their own choosing, which retention would otherwise find too old.
var forever = map[string]string{"retention.ms": "-1"}

func (p *Program) createTopic() (string, error) {
	created, err := p.admin.CreateTopics(p.ctx, []kafka.TopicSpecification{{
		Topic: p.topic, NumPartitions: 3, ReplicationFactor: 3, Config: forever,
	}})
	if err := outcome(created, err); err != nil {
		return "", err
	}
	return checks.Await("3 partitions, 3 replicas, retention.ms=-1", func() (string, error) {
		partitions, err := p.partitions(p.topic)
		if err != nil {
			return "", err
		}
		retention, err := p.retention(p.topic)
		return fmt.Sprintf("%d partitions, %d replicas, retention.ms=%s",
			len(partitions), len(partitions[0].Replicas), retention), err
	})
}

// Outcome is the error of a request, or else those of its topics.
func outcome(topics []kafka.TopicResult, err error) error {
	for _, topic := range topics {
		if topic.Error.Code() != kafka.ErrNoError {
			err = errors.Join(err, topic.Error)
		}
	}
	return err
}

func (p *Program) partitions(topic string) ([]kafka.TopicPartitionInfo, error) {
	names := kafka.NewTopicCollectionOfTopicNames([]string{topic})
	described, err := p.admin.DescribeTopics(p.ctx, names)
	if err != nil {
		return nil, err
	}
	description := described.TopicDescriptions[0]
	if description.Error.Code() != kafka.ErrNoError {
		return nil, description.Error
	}
	return description.Partitions, nil
}

func (p *Program) retention(topic string) (string, error) {
	described, err := p.admin.DescribeConfigs(p.ctx,
		[]kafka.ConfigResource{{Type: kafka.ResourceTopic, Name: topic}})
	if err != nil {
		return "", err
	}
	if described[0].Error.Code() != kafka.ErrNoError {
		return "", described[0].Error
	}
	return described[0].Config["retention.ms"].Value, nil
}

func (p *Program) metadata() (string, error) {
	return checks.Await("3 brokers, 3 partitions led and in sync", func() (string, error) {
		cluster, err := p.admin.DescribeCluster(p.ctx)
		if err != nil {
			return "", err
		}
		partitions, err := p.partitions(p.topic)
		if err != nil {
			return "", err
		}
		healthy := 0
		for _, partition := range partitions {
			if partition.Leader != nil && len(partition.Isr) == 3 {
				healthy++
			}
		}
		return fmt.Sprintf("%d brokers, %d partitions led and in sync", len(cluster.Nodes), healthy), nil
	})
}

func (p *Program) administrate() (string, error) {
	topic := checks.Named("changed")
	created, err := p.admin.CreateTopics(p.ctx,
		[]kafka.TopicSpecification{{Topic: topic, NumPartitions: 2, ReplicationFactor: 2}})
	if err := outcome(created, err); err != nil {
		return "", fmt.Errorf("create topic: %w", err)
	}
	increased, err := p.admin.CreatePartitions(p.ctx,
		[]kafka.PartitionsSpecification{{Topic: topic, IncreaseTo: 4}})
	if err := outcome(increased, err); err != nil {
		return "", fmt.Errorf("create partitions: %w", err)
	}
	if err := p.alterConfig(topic, "retention.ms", "3600000"); err != nil {
		return "", fmt.Errorf("alter config: %w", err)
	}
	_, err = checks.Await("4 partitions, retention.ms=3600000", func() (string, error) {
		partitions, failure := p.partitions(topic)
		retention, err := p.retention(topic)
		return fmt.Sprintf("%d partitions, retention.ms=%s", len(partitions), retention),
			errors.Join(failure, err)
	})
	if err != nil {
		return "", err
	}
	if err := p.deleteRecords(); err != nil {
		return "", fmt.Errorf("delete records: %w", err)
	}
	deleted, err := p.admin.DeleteTopics(p.ctx, []string{topic})
	return "create partitions, alter config, delete records, delete topic", outcome(deleted, err)
}

func (p *Program) alterConfig(topic, name, value string) error {
	altered, err := p.admin.IncrementalAlterConfigs(p.ctx, []kafka.ConfigResource{{
		Type: kafka.ResourceTopic, Name: topic,
		Config: []kafka.ConfigEntry{{
			Name: name, Value: value, IncrementalOperation: kafka.AlterConfigOpTypeSet,
		}},
	}})
	if err == nil && altered[0].Error.Code() != kafka.ErrNoError {
		err = altered[0].Error
	}
	return err
}

func (p *Program) deleteRecords() error {
	deleted, err := p.admin.DeleteRecords(p.ctx,
		[]kafka.TopicPartition{{Topic: &p.topic, Partition: 1, Offset: 2}})
	if err != nil {
		return err
	}
	if err := deleted.DeleteRecordsResults[0].TopicPartition.Error; err != nil {
		return err
	}
	begin, _, err := p.bounds(1)
	if err == nil && begin != 2 {
		err = fmt.Errorf("the partition begins at %d", begin)
	}
	return err
}
