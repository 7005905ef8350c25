// franz-go's transactional producers: transactions BOOTSTRAP TOPIC PARTITIONS PRODUCERS SECONDS
// RECORDS SIZE has PRODUCERS clients, with a transactional id each, commit one transaction after
// another for SECONDS, every one of RECORDS records of SIZE bytes in one partition. A quarter of that
// time comes before, in which they find their coordinators. Prints how many transactions were
// committed in all, how many of them counted, and in how many seconds.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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
		kgo.MetadataMinAge(10*time.Millisecond),
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

// Each producer at once with the others, one transaction after another; how many, in how many seconds.
func inParallel(producers []producer, length time.Duration) (int, float64) {
	partitions := number(3)
	begin := time.Now()
	var all sync.WaitGroup
	var count atomic.Int64
	for index, one := range producers {
		all.Go(func() {
			for at := index; at == index || time.Since(begin) < length; at++ {
				one.transaction(at % partitions)
				count.Add(1)
			}
		})
	}
	all.Wait()
	return int(count.Load()), time.Since(begin).Seconds()
}

func main() {
	producers := make([]producer, number(4))
	for index := range producers {
		producers[index] = newProducer(fmt.Sprintf("%s-%d", os.Args[2], index))
	}
	length := time.Duration(number(5)) * time.Second
	before, _ := inParallel(producers, length/4)
	count, seconds := inParallel(producers, length)
	fmt.Println(before+count, count, seconds)
	for _, one := range producers {
		one.client.Close()
	}
}
