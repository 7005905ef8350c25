package main

import (
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go"
	"odradek/checks"
)

// Records carry times of their own choosing, which retention would otherwise find too old.
var forever = []kafka.ConfigEntry{{ConfigName: "retention.ms", ConfigValue: "-1"}}

func (p *Program) createTopic() (string, error) {
	answer, err := p.client.CreateTopics(p.ctx, &kafka.CreateTopicsRequest{
		Topics: []kafka.TopicConfig{{
			Topic: p.topic, NumPartitions: 3, ReplicationFactor: 3, ConfigEntries: forever,
		}},
	})
	if err != nil {
		return "", err
	}
	if err := answer.Errors[p.topic]; err != nil {
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

func (p *Program) partitions(topic string) ([]kafka.Partition, error) {
	answer, err := p.client.Metadata(p.ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return nil, err
	}
	return answer.Topics[0].Partitions, answer.Topics[0].Error
}

func (p *Program) retention(topic string) (string, error) {
	answer, err := p.client.DescribeConfigs(p.ctx, &kafka.DescribeConfigsRequest{
		Resources: []kafka.DescribeConfigRequestResource{{
			ResourceType: kafka.ResourceTypeTopic, ResourceName: topic,
			ConfigNames: []string{"retention.ms"},
		}},
	})
	if err != nil {
		return "", err
	}
	if err := answer.Resources[0].Error; err != nil {
		return "", err
	}
	return answer.Resources[0].ConfigEntries[0].ConfigValue, nil
}

func (p *Program) metadata() (string, error) {
	return checks.Await("3 brokers, 3 partitions led and in sync", func() (string, error) {
		answer, err := p.client.Metadata(p.ctx, &kafka.MetadataRequest{Topics: []string{p.topic}})
		if err != nil {
			return "", err
		}
		healthy := 0
		for _, partition := range answer.Topics[0].Partitions {
			if partition.Leader.Host != "" && len(partition.Isr) == 3 {
				healthy++
			}
		}
		return fmt.Sprintf("%d brokers, %d partitions led and in sync", len(answer.Brokers), healthy), nil
	})
}

// Administrate makes a topic on a connection to the controller, and changes it with the client.
func (p *Program) administrate() (string, error) {
	topic := checks.Named("controller")
	if err := p.createAtController(topic); err != nil {
		return "", fmt.Errorf("create topic at the controller: %w", err)
	}
	if err := p.createPartitions(topic, 4); err != nil {
		return "", fmt.Errorf("create partitions: %w", err)
	}
	if err := p.alterConfig(topic, "retention.ms", "3600000"); err != nil {
		return "", fmt.Errorf("alter config: %w", err)
	}
	_, err := checks.Await("4 partitions, retention.ms=3600000", func() (string, error) {
		partitions, failure := p.partitions(topic)
		retention, err := p.retention(topic)
		return fmt.Sprintf("%d partitions, retention.ms=%s", len(partitions), retention),
			errors.Join(failure, err)
	})
	if err != nil {
		return "", err
	}
	deleted, err := p.client.DeleteTopics(p.ctx, &kafka.DeleteTopicsRequest{Topics: []string{topic}})
	if err != nil {
		return "", fmt.Errorf("delete topic: %w", err)
	}
	return "create topic on a Conn, create partitions, alter config, delete topic",
		deleted.Errors[topic]
}

func (p *Program) createPartitions(topic string, count int32) error {
	answer, err := p.client.CreatePartitions(p.ctx, &kafka.CreatePartitionsRequest{
		Topics: []kafka.TopicPartitionsConfig{{Name: topic, Count: count}},
	})
	if err != nil {
		return err
	}
	return answer.Errors[topic]
}

func (p *Program) alterConfig(topic, name, value string) error {
	answer, err := p.client.IncrementalAlterConfigs(p.ctx, &kafka.IncrementalAlterConfigsRequest{
		Resources: []kafka.IncrementalAlterConfigsRequestResource{{
			ResourceType: kafka.ResourceTypeTopic, ResourceName: topic,
			Configs: []kafka.IncrementalAlterConfigsRequestConfig{{
				Name: name, Value: value, ConfigOperation: kafka.ConfigOperationSet,
			}},
		}},
	})
	if err != nil {
		return err
	}
	return answer.Resources[0].Error
}

func (p *Program) createAtController(topic string) error {
	conn, err := kafka.DialContext(p.ctx, "tcp", checks.Bootstrap()[0])
	if err != nil {
		return err
	}
	defer conn.Close()
	controller, err := conn.Controller()
	if err != nil {
		return err
	}
	address := fmt.Sprintf("%s:%d", controller.Host, controller.Port)
	there, err := kafka.DialContext(p.ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer there.Close()
	return there.CreateTopics(kafka.TopicConfig{Topic: topic, NumPartitions: 2, ReplicationFactor: 2})
}
