package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/IBM/sarama"
	"odradek/checks"
)

// Records carry times of their own choosing, which retention would otherwise find too old.
var forever = "-1"

func (p *Program) checkTopics(report *checks.Report) {
	report.Check("create-topic", p.createTopic)
	report.Check("controller-create-topics", p.createAtController)
	report.Check("metadata", p.metadata)
}

func (p *Program) createTopic() (string, error) {
	admin, err := sarama.NewClusterAdmin(checks.Bootstrap(), p.config(nil))
	if err != nil {
		return "", err
	}
	defer admin.Close()
	err = admin.CreateTopic(p.topic, &sarama.TopicDetail{
		NumPartitions: 3, ReplicationFactor: 3,
		ConfigEntries: map[string]*string{"retention.ms": &forever},
	}, false)
	if err != nil {
		return "", err
	}

	shape, err := checks.Await("3 partitions, 3 replicas", func() (string, error) {
		topics, err := admin.DescribeTopics([]string{p.topic})
		if err != nil || topics[0].Err != sarama.ErrNoError {
			return "", errors.Join(err, topics[0].Err)
		}
		partitions := topics[0].Partitions
		return fmt.Sprintf("%d partitions, %d replicas",
			len(partitions), len(partitions[0].Replicas)), nil
	})
	if err != nil {
		return "", err
	}
	retention, err := p.awaitRetention(admin, p.topic, forever)
	return shape + ", " + retention, err
}

// The first version of DescribeConfigs, which is all that 1.0 knows, is gone from Kafka 4.
func (p *Program) awaitRetention(admin sarama.ClusterAdmin, topic, want string) (string, error) {
	if !p.client.Config().Version.IsAtLeast(sarama.V1_1_0_0) {
		return "configs not described by Version 1.0", nil
	}
	return checks.Await("retention.ms="+want, func() (string, error) {
		entries, err := admin.DescribeConfig(sarama.ConfigResource{
			Type: sarama.TopicResource, Name: topic, ConfigNames: []string{"retention.ms"},
		})
		if err != nil || len(entries) != 1 {
			return "", errors.Join(err, fmt.Errorf("%d entries", len(entries)))
		}
		return entries[0].Name + "=" + entries[0].Value, nil
	})
}

// The way of old: ask the client for the controller, and that broker for the topic.
func (p *Program) createAtController() (string, error) {
	controller, err := p.client.Controller()
	if err != nil {
		return "", err
	}
	topic := checks.Named("controller")
	answer, err := controller.CreateTopics(&sarama.CreateTopicsRequest{
		Version:      2,
		TopicDetails: map[string]*sarama.TopicDetail{topic: {NumPartitions: 2, ReplicationFactor: 2}},
		Timeout:      5 * time.Second,
	})
	if err != nil {
		return "", err
	}
	if failure := answer.TopicErrors[topic]; failure.Err != sarama.ErrNoError {
		return "", failure
	}
	return fmt.Sprintf("controller is broker %d", controller.ID()), p.awaitPartitions(topic, 2)
}

func (p *Program) awaitPartitions(topic string, count int) error {
	_, err := checks.Await(fmt.Sprint(count), func() (string, error) {
		if err := p.client.RefreshMetadata(topic); err != nil {
			return "", err
		}
		partitions, err := p.client.Partitions(topic)
		return fmt.Sprint(len(partitions)), err
	})
	return err
}

func (p *Program) metadata() (string, error) {
	return checks.Await("3 brokers, 3 partitions, 3 led and in sync", func() (string, error) {
		if err := p.client.RefreshMetadata(); err != nil {
			return "", err
		}
		partitions, err := p.client.Partitions(p.topic)
		if err != nil {
			return "", err
		}
		healthy := 0
		for _, partition := range partitions {
			leader, err := p.client.Leader(p.topic, partition)
			if err != nil {
				return "", err
			}
			inSync, err := p.client.InSyncReplicas(p.topic, partition)
			if err != nil {
				return "", err
			}
			if slices.Contains(inSync, leader.ID()) && len(inSync) == 3 {
				healthy++
			}
		}
		return fmt.Sprintf("%d brokers, %d partitions, %d led and in sync",
			len(p.client.Brokers()), len(partitions), healthy), nil
	})
}

func (p *Program) administrate() (string, error) {
	admin, err := sarama.NewClusterAdmin(checks.Bootstrap(), p.config(nil))
	if err != nil {
		return "", err
	}
	defer admin.Close()
	brokers, controller, err := admin.DescribeCluster()
	if err != nil || len(brokers) != 3 {
		return "", errors.Join(err, fmt.Errorf("%d brokers, controller %d", len(brokers), controller))
	}

	topic := checks.Named("controller")
	if err := admin.CreatePartitions(topic, 4, nil, false); err != nil {
		return "", fmt.Errorf("create partitions: %w", err)
	}
	if err := p.awaitPartitions(topic, 4); err != nil {
		return "", err
	}
	hour := "3600000"
	entries := map[string]*string{"retention.ms": &hour}
	err = admin.AlterConfig(sarama.TopicResource, topic, entries, false)
	if err != nil {
		return "", fmt.Errorf("alter config: %w", err)
	}
	if _, err := p.awaitRetention(admin, topic, hour); err != nil {
		return "", err
	}
	if err := p.deleteRecords(admin); err != nil {
		return "", fmt.Errorf("delete records: %w", err)
	}
	if err := admin.DeleteTopic(topic); err != nil {
		return "", fmt.Errorf("delete topic: %w", err)
	}
	return "describe cluster, create partitions, alter config, delete records, delete topic", nil
}

func (p *Program) deleteRecords(admin sarama.ClusterAdmin) error {
	if err := admin.DeleteRecords(p.topic, map[int32]int64{1: 2}); err != nil {
		return err
	}
	begin, _, err := p.bounds(1)
	if err != nil || begin != 2 {
		return errors.Join(err, fmt.Errorf("the partition begins at %d", begin))
	}
	return nil
}
