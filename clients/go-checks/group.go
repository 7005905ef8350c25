package checks

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// GroupPartitions is how many partitions a topic has that a group reads.
const GroupPartitions = 6

// Group is one group on a topic of its own: what was written, who has what, and who has read what.
type Group struct {
	Name  string
	Topic string
	lock  sync.Mutex
	moved *sync.Cond

	written  *Journal
	read     map[int32]map[int64]Record
	readers  map[place]string // the last one
	shares   map[string][]int32
	past     map[string][][]int32 // every share that a member has had
	problems []error
	// Blind is a group whose members do not say what they have.
	blind bool
}

type place struct {
	partition int32
	offset    int64
}

// Event is what a member tells of itself, in its own process or in another.
type Event struct {
	Gained []int32 `json:",omitempty"`
	Lost   []int32 `json:",omitempty"`
	Read   *Record `json:",omitempty"`
}

func newGroup(name string) *Group {
	g := &Group{
		Name: Named(name), Topic: Named(name), written: NewJournal(), read: map[int32]map[int64]Record{},
		readers: map[place]string{}, shares: map[string][]int32{}, past: map[string][][]int32{},
	}
	g.moved = sync.NewCond(&g.lock)
	return g
}

func (g *Group) hear(member string, event Event) {
	g.lock.Lock()
	defer g.lock.Unlock()
	if record := event.Read; record != nil {
		g.take(member, *record)
	} else {
		isLost := func(partition int32) bool { return slices.Contains(event.Lost, partition) }
		kept := slices.DeleteFunc(slices.Clone(g.shares[member]), isLost)
		g.setShare(member, append(kept, event.Gained...))
	}
	g.moved.Broadcast()
}

// Take keeps what was read, by one that has the partition. Twice is well, as nobody promises more than
// at least once.
func (g *Group) take(member string, record Record) {
	if !g.blind && !slices.Contains(g.shares[member], record.Partition) {
		g.problems = append(g.problems, fmt.Errorf("%d@%d is read by %s, which has %v",
			record.Offset, record.Partition, member, g.shares[member]))
	}
	partition := g.read[record.Partition]
	if partition == nil {
		partition = map[int64]Record{}
		g.read[record.Partition] = partition
	}
	if before, again := partition[record.Offset]; again {
		if different := difference(before, record); different != "" {
			g.problems = append(g.problems, fmt.Errorf("read twice, and not the same: %s", different))
		}
	}
	partition[record.Offset] = record
	g.readers[place{record.Partition, record.Offset}] = member
}

func (g *Group) setShare(member string, partitions []int32) {
	slices.Sort(partitions)
	share := slices.Compact(partitions)
	g.shares[member] = share
	g.past[member] = append(g.past[member], share)
}

// Gone says that a member is no more, however it went.
func (g *Group) gone(member string) {
	g.lock.Lock()
	defer g.lock.Unlock()
	delete(g.shares, member)
	g.moved.Broadcast()
}

// Share of a member, now.
func (g *Group) share(member string) []int32 {
	g.lock.Lock()
	defer g.lock.Unlock()
	return slices.Clone(g.shares[member])
}

// History of a member: every share that it has had, in order.
func (g *Group) history(member string) [][]int32 {
	g.lock.Lock()
	defer g.lock.Unlock()
	return slices.Clone(g.past[member])
}

// Await an event after which it is so.
func (g *Group) await(what string, isSo func() bool) error {
	g.lock.Lock()
	defer g.lock.Unlock()
	if inTime(g.moved, isSo) {
		return errors.Join(g.problems...)
	}
	return errors.Join(fmt.Errorf("not in time: %s; shares %v, read %v of %v", what, g.shares,
		g.counts(), g.written.total()), errors.Join(g.problems...))
}

// InTime waits for events, with their lock held, until it is so.
func inTime(moved *sync.Cond, isSo func() bool) bool {
	late := false
	alarm := time.AfterFunc(Patience, func() {
		moved.L.Lock()
		defer moved.L.Unlock()
		late = true
		moved.Broadcast()
	})
	defer alarm.Stop()
	for !isSo() {
		if late {
			return false
		}
		moved.Wait()
	}
	return true
}

func (g *Group) counts() map[int32]int {
	counts := map[int32]int{}
	for partition, records := range g.read {
		counts[partition] = len(records)
	}
	return counts
}

// AwaitShares of these members: each has some, none is another's, and together they are all.
func (g *Group) awaitShares(members ...string) error {
	return g.await(fmt.Sprintf("a share for each of %v", members), func() bool {
		return areShared(g.shares, members)
	})
}

func areShared(shares map[string][]int32, members []string) bool {
	var all []int32
	for _, member := range members {
		if len(shares[member]) == 0 {
			return false
		}
		all = append(all, shares[member]...)
	}
	slices.Sort(all)
	return len(shares) == len(members) && slices.Equal(all, groupPartitions())
}

func groupPartitions() (partitions []int32) {
	for partition := range int32(GroupPartitions) {
		partitions = append(partitions, partition)
	}
	return partitions
}

// AwaitReaders returns when everything that was written has been read, all of it as it was.
func (g *Group) awaitReaders() error {
	err := g.await("all is read", func() bool {
		for _, partition := range g.written.Partitions() {
			for _, record := range g.written.Records(partition) {
				if _, seen := g.read[partition][record.Offset]; !seen {
					return false
				}
			}
		}
		return true
	})
	return errors.Join(err, g.compare())
}

// Compare all that was read with all that was written.
func (g *Group) compare() error {
	g.lock.Lock()
	defer g.lock.Unlock()
	return each(groupPartitions(), func(partition int32) error {
		got := slices.Collect(maps.Values(g.read[partition]))
		slices.SortFunc(got, byOffset)
		return Same(g.written.Records(partition), got)
	})
}

// ReadByOwners says of blind members whether each has read the last of its partitions.
func (g *Group) readByOwners() error {
	g.lock.Lock()
	defer g.lock.Unlock()
	for member, share := range g.shares {
		for _, partition := range share {
			records := g.written.Records(partition)
			last := records[len(records)-1].Offset
			if reader := g.readers[place{partition, last}]; reader != member {
				return fmt.Errorf("%d@%d is %s's and was read by %s", last, partition, member, reader)
			}
		}
	}
	return nil
}
