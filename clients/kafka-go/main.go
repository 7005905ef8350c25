// The kafka-go of Segment against a Kafka cluster: Writer, Reader, Conn and Client.
package main

import (
	"context"
	"net"
	"os"
	"os/signal"
	"sync"

	"github.com/segmentio/kafka-go"
	"odradek/checks"
)

// Program is one run. A Writer or a Reader is made for each check; the Client asks and administers.
type Program struct {
	ctx     context.Context
	brokers net.Addr
	topic   string
	client  *kafka.Client
	journal *checks.Journal
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	brokers := kafka.TCP(checks.Bootstrap()...)
	p := &Program{
		ctx: ctx, brokers: brokers, topic: checks.Named("records"), journal: checks.NewJournal(),
		client: &kafka.Client{Addr: brokers, Timeout: checks.Patience, Transport: &kafka.Transport{
			ClientID: checks.Named("kafka-go"),
		}},
	}
	if checks.SitDown(p.join) {
		return
	}
	report := &checks.Report{}
	groups := checks.BeginGroups(report, p.groups())
	var beside sync.WaitGroup
	beside.Go(func() { p.checkTransactions(report) })
	report.Check("create-topic", p.createTopic)
	report.Check("metadata", p.metadata)
	p.checkWriter(report)
	p.checkReader(report)
	report.Check("conn", p.conn)
	report.Check("compare-all", func() (string, error) {
		return p.journal.CompareAll(p.bounds, p.read)
	})
	report.Check("admin", p.administrate)
	groups.End()
	beside.Wait()
	report.End()
}
