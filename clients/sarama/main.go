// Sarama against a Kafka cluster: `sarama default|2.8|max`, the version that it is told to speak.
package main

import (
	"fmt"
	"os"

	"github.com/IBM/sarama"
	"odradek/checks"
)

// Versions by name. The default is what one gets without a config.
var versions = map[string]sarama.KafkaVersion{
	"2.8": sarama.V2_8_1_0,
	"max": sarama.MaxVersion,
}

// Program is one run: a client and a consumer for all checks, and a producer for each.
type Program struct {
	version  string
	topic    string
	client   sarama.Client
	consumer sarama.Consumer
	journal  *checks.Journal
}

// Config is nil, as most people start, unless a version or something else is wanted.
func (p *Program) config(change func(*sarama.Config)) *sarama.Config {
	if _, chosen := versions[p.version]; !chosen && change == nil {
		return nil
	}
	return p.newConfig(change)
}

func (p *Program) newConfig(change func(*sarama.Config)) *sarama.Config {
	version, chosen := versions[p.version]
	config := sarama.NewConfig()
	config.Producer.Return.Successes = true // a SyncProducer wants it, and takes it itself from nil
	if chosen {
		config.Version = version
		config.ClientID = checks.Named("sarama")
	}
	if change != nil {
		change(config)
	}
	return config
}

func start(version string) (*Program, error) {
	p := &Program{
		version: version, topic: checks.Named("records"), journal: checks.NewJournal(),
	}
	var err error
	if p.client, err = sarama.NewClient(checks.Bootstrap(), p.config(nil)); err != nil {
		return nil, err
	}
	p.consumer, err = sarama.NewConsumerFromClient(p.client)
	return p, err
}

func main() {
	if checks.SitDown((&Program{version: os.Args[1]}).join) {
		return
	}
	p, err := start(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	report := &checks.Report{}
	groups := checks.BeginGroups(report, p.groups())
	transactions := checks.BeginTransactions(report, p.transactions())
	p.checkTopics(report)
	p.checkProducers(report)
	p.checkConsumers(report)
	report.Check("admin", p.administrate)
	groups.End()
	transactions.End()
	report.End()
}
