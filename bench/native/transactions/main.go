// franz-go's transactional producers: transactions BOOTSTRAP TOPIC PARTITIONS PRODUCERS COUNT
// RECORDS SIZE commits COUNT transactions in all, shared by PRODUCERS clients with a transactional id
// each, every one of RECORDS records of SIZE bytes in one partition, and prints how many seconds that
// took. The first transaction of each, which finds its coordinator, comes before the clock is started.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

var background = context.Background()

func number(arg int) int {
	value, err := strconv.Atoi(os.Args[arg])
	if err != nil {
		log.Fatal(err)
	}
	return value
}

type producer struct {
	client  *kgo.Client
	records int
	value   []byte
}

func newProducer(id string) producer {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(os.Args[1], ",")...),
		kgo.DefaultProduceTopic(os.Args[2]),
		kgo.TransactionalID(id),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.RetryBackoffFn(func(int) time.Duration { return 2 * time.Millisecond }),
	)
	if err != nil {
		log.Fatal(err)
	}
	return producer{client, number(6), make([]byte, number(7))}
}

func (one producer) transaction(partition int) {
	if err := one.client.BeginTransaction(); err != nil {
		log.Fatal(err)
	}
	for range one.records {
		record := &kgo.Record{Value: one.value, Partition: int32(partition)}
		one.client.Produce(background, record, func(_ *kgo.Record, err error) {
			if err != nil {
				log.Fatal(err)
			}
		})
	}
	if err := one.client.Flush(background); err != nil {
		log.Fatal(err)
	}
	if err := one.client.EndTransaction(background, kgo.TryCommit); err != nil {
		log.Fatal(err)
	}
}

// Each producer at once with the others, one transaction after another.
func inParallel(producers []producer, transactions int) {
	var all sync.WaitGroup
	partitions := number(3)
	for index, one := range producers {
		all.Go(func() {
			for at := range transactions {
				one.transaction((index + at) % partitions)
			}
		})
	}
	all.Wait()
}

func main() {
	producers := make([]producer, number(4))
	for index := range producers {
		producers[index] = newProducer(fmt.Sprintf("%s-%d", os.Args[2], index))
	}
	inParallel(producers, 1)
	begin := time.Now()
	inParallel(producers, number(5)/len(producers))
	fmt.Println(time.Since(begin).Seconds())
	for _, one := range producers {
		one.client.Close()
	}
}
