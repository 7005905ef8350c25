// Confluent's client for Go, which is librdkafka inside, against a Kafka cluster.
package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"strings"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"odradek/checks"
)

// Program is one run. A producer or a consumer is made for each check; the admin client asks.
type Program struct {
	ctx     context.Context
	topic   string
	admin   *kafka.AdminClient
	journal *checks.Journal
}

func config(extra kafka.ConfigMap) *kafka.ConfigMap {
	config := kafka.ConfigMap{
		"bootstrap.servers": strings.Join(checks.Bootstrap(), ","),
		"client.id":         checks.Named("confluent-kafka-go"),
	}
	maps.Copy(config, extra)
	return &config
}

func main() {
	if checks.SitDown(join) {
		return
	}
	admin, err := kafka.NewAdminClient(config(nil))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer admin.Close()
	p := &Program{
		ctx: context.Background(), topic: checks.Named("records"), admin: admin,
		journal: checks.NewJournal(),
	}
	report := &checks.Report{}
	groups := checks.BeginGroups(report, p.groups())
	transactions := checks.BeginTransactions(report, p.transactions())
	report.Check("create-topic", p.createTopic)
	report.Check("metadata", p.metadata)
	p.checkProducer(report)
	p.checkConsumer(report)
	report.Check("admin", p.administrate)
	groups.End()
	transactions.End()
	report.End()
}
