// Franz-go while brokers crash (../../failover): one client, which is idempotent by default.
package main

import (
	"context"
	"log"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"odradek/checks"
)

func open(failover *checks.Failover) *kgo.Client {
	from := map[int32]kgo.Offset{}
	for _, partition := range failover.Partitions {
		from[partition] = kgo.NewOffset().At(0)
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(checks.Bootstrap()...),
		kgo.DefaultProduceTopic(failover.Topic),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{failover.Topic: from}),
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		// It asks who leads only so often: every five seconds, by default.
		kgo.MetadataMinAge(100*time.Millisecond),
		kgo.RetryBackoffFn(func(int) time.Duration { return 50 * time.Millisecond }),
	)
	if err != nil {
		log.Fatal(err)
	}
	return client
}

func main() {
	failover := checks.NewFailover()
	client := open(failover)
	go readAll(client, failover)

	background := context.Background()
	failover.Write(func(partition int32, number int64) {
		record := kgo.StringRecord(strconv.FormatInt(number, 10))
		record.Partition = partition
		client.Produce(background, record, func(record *kgo.Record, err error) {
			if err != nil {
				failover.GaveUp(partition, number, err)
			} else {
				failover.Acked(partition, number, record.Offset)
			}
		})
	})
	if err := client.Flush(background); err != nil {
		log.Fatal(err)
	}
	failover.AwaitReader()
}

func readAll(client *kgo.Client, failover *checks.Failover) {
	for {
		fetches := client.PollFetches(context.Background())
		fetches.EachError(func(_ string, partition int32, err error) {
			log.Fatalf("partition %d: %v", partition, err)
		})
		fetches.EachRecord(func(record *kgo.Record) {
			failover.Read(record.Partition, record.Offset, record.Value)
		})
	}
}
