// Franz-go against a Kafka cluster: kgo for records, kadm for all else.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"odradek/checks"
)

// Program is one run. A client is made for each check, as its options are what is checked.
type Program struct {
	ctx     context.Context
	topic   string
	admin   *kadm.Client
	journal *checks.Journal
}

func client(options ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append(options,
		kgo.SeedBrokers(checks.Bootstrap()...),
		kgo.ClientID(checks.Named("franz-go")),
	)...)
}

func main() {
	if checks.SitDown(join) {
		return
	}
	asking, err := client()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	p := &Program{
		ctx: context.Background(), topic: checks.Named("records"),
		admin: kadm.NewClient(asking), journal: checks.NewJournal(),
	}
	p.admin.SetTimeoutMillis(int32(checks.Patience.Milliseconds()))
	report := &checks.Report{}
	groups := checks.BeginGroups(report, p.groups())
	transactions := checks.BeginTransactions(report, p.transactions())
	report.Check("create-topic", p.createTopic)
	report.Check("metadata", p.metadata)
	p.checkProducing(report)
	p.checkConsuming(report)
	report.Check("admin", p.administrate)
	groups.End()
	transactions.End()
	report.End()
}
