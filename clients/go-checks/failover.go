package checks

import (
	"encoding/json"
	"io"
	"os"
	"strconv"
	"sync"
	"time"
)

// Failover is the part of a program of clients/failover that knows no client.
type Failover struct {
	Topic      string
	Partitions []int32

	lock  sync.Mutex
	moved *sync.Cond
	acked map[int32]int64 // the end of what was acknowledged
	read  map[int32]int64 // the end of what was read
}

// NewFailover of the topic that the runner names.
func NewFailover() *Failover {
	f := &Failover{Topic: os.Getenv("TOPIC"), acked: map[int32]int64{}, read: map[int32]int64{}}
	f.moved = sync.NewCond(&f.lock)
	count, err := strconv.Atoi(os.Getenv("PARTITIONS"))
	if err != nil {
		panic(err)
	}
	for partition := range int32(count) {
		f.Partitions = append(f.Partitions, partition)
	}
	return f
}

// Write sends a record to each partition every few milliseconds, until standard input ends.
func (f *Failover) Write(send func(partition int32, number int64)) {
	over := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(over)
	}()
	ticks := time.Tick(5 * time.Millisecond)
	for number := int64(0); ; number++ {
		for _, partition := range f.Partitions {
			send(partition, number)
		}
		select {
		case <-over:
			return
		case <-ticks:
		}
	}
}

// Acked says that a record is acknowledged.
func (f *Failover) Acked(partition int32, number, offset int64) {
	f.say(f.acked, partition, offset+1, "acked", partition, number, offset)
}

// GaveUp says that the client did not get a record acknowledged.
func (f *Failover) GaveUp(partition int32, number int64, err error) {
	f.say(f.acked, partition, 0, "gave-up", partition, number, err.Error())
}

// Read says which record was read.
func (f *Failover) Read(partition int32, offset int64, value []byte) {
	f.say(f.read, partition, offset+1, "read", partition, offset, json.Number(value))
}

func (f *Failover) say(ends map[int32]int64, partition int32, end int64, words ...any) {
	line, err := json.Marshal(words)
	if err != nil {
		panic(err)
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	os.Stdout.Write(append(line, '\n'))
	ends[partition] = max(ends[partition], end)
	f.moved.Broadcast()
}

// AwaitReader returns when everything that was acknowledged has been read.
func (f *Failover) AwaitReader() {
	f.lock.Lock()
	defer f.lock.Unlock()
	for f.isBehind() {
		f.moved.Wait()
	}
}

func (f *Failover) isBehind() bool {
	for _, partition := range f.Partitions {
		if f.read[partition] < f.acked[partition] {
			return true
		}
	}
	return false
}
