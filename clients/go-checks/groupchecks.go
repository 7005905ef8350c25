package checks

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// GroupClient is what the checks of groups need of a client.
type GroupClient struct {
	// CreateTopic of three replicas, that keeps old records.
	CreateTopic func(topic string, partitions int) error
	// Write each record to its partition, with acks=all, and fill in the offsets.
	Write func(topic string, records []Record) error
	Join  func(*Seat) (Member, error)
	// Offsets that a group has committed, asked of another than its members.
	Offsets func(group, topic string) (map[int32]int64, error)
	Admin   GroupAdmin
	// Blind is a client that does not say which partitions a member has: the admin is asked.
	Blind bool
	// Strategies of assignment that it knows.
	Strategies []string
	// Ways of joining that it has besides.
	Ways []string
	// Cooperative is the name of the strategy with which rebalances stop nobody, if it has one.
	Cooperative string
	// Lacks says why, by the name of the check; of one that not all have, it need not.
	Lacks map[string]string
}

// GroupChecks are under way beside all else that a program does.
type GroupChecks struct {
	client GroupClient
	report *Report
	all    sync.WaitGroup
}

// BeginGroups starts them, as nearly all that they do is to wait for a session to end.
func BeginGroups(report *Report, client GroupClient) *GroupChecks {
	c := &GroupChecks{client: client, report: report}
	c.all.Go(c.members)
	c.all.Go(func() {
		c.commits()
		// Not all topics at once, for a cluster that has just started.
		c.all.Go(c.others)
		c.check("group-static", c.static)
		c.check("group-cooperative", c.cooperative)
		c.check("group-848", c.nextGeneration)
	})
	return c
}

// End waits for all.
func (c *GroupChecks) End() { c.all.Wait() }

func (c *GroupChecks) check(name string, check func() (string, error)) {
	why, lacks := c.client.Lacks[name]
	switch {
	case !lacks:
		c.all.Go(func() { c.report.Check(name, check) })
	case why != "":
		c.report.Lacks(name, why)
	}
}

// Open a group's topic, with its first records.
func (c *GroupChecks) open(name string, perPartition int) (*Group, error) {
	g := newGroup(name)
	g.blind = c.client.Blind
	err := c.client.CreateTopic(g.Topic, GroupPartitions)
	if err == nil {
		err = c.write(g, perPartition)
	}
	if err != nil {
		return nil, err
	}
	return g, nil
}

func (c *GroupChecks) write(g *Group, perPartition int) error {
	records := Unkeyed(g.Name, GroupPartitions*perPartition)
	for i := range records {
		records[i].Partition = int32(i % GroupPartitions)
	}
	if err := c.client.Write(g.Topic, records); err != nil {
		return err
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	g.written.keep(records)
	return nil
}

// Round writes some more to each partition, and waits until the members have read it.
func (c *GroupChecks) round(g *Group) error {
	if err := c.write(g, 5); err != nil {
		return err
	}
	return g.awaitReaders()
}

// OwnRound is one of which each reads its own.
func (c *GroupChecks) ownRound(g *Group) error {
	err := c.round(g)
	if err == nil && g.blind {
		err = g.readByOwners()
	}
	return err
}

func seatOf(g *Group, member string, choose ...func(*Seat)) *Seat {
	seat := &Seat{Member: Named(member), Group: g.Name, Topic: g.Topic, Commits: Auto}
	for _, each := range choose {
		each(seat)
	}
	seat.say = func(event Event) { g.hear(seat.Member, event) }
	return seat
}

// Shared awaits a share for each of the members.
func (c *GroupChecks) shared(g *Group, seats ...*Seat) error {
	var members []string
	for _, seat := range seats {
		members = append(members, seat.Member)
	}
	if c.client.Blind {
		return c.askedShares(g, members)
	}
	return g.awaitShares(members...)
}

func (c *GroupChecks) askedShares(g *Group, members []string) error {
	deadline := time.Now().Add(Patience)
	for ; ; time.Sleep(20 * time.Millisecond) {
		described, err := c.client.Admin.Describe(g.Name)
		if err == nil && described.State == "Stable" && areShared(described.Shares, members) {
			g.lock.Lock()
			defer g.lock.Unlock()
			g.shares = described.Shares
			return nil
		}
		if time.Now().After(deadline) {
			return errors.Join(fmt.Errorf("not in time: a share for each of %v; %v", members, described), err)
		}
	}
}

// Committed waits until these are the group's offsets. A member commits behind our back.
func (c *GroupChecks) committed(g *Group, want map[int32]int64) error {
	_, err := Await(fmt.Sprint(want), func() (string, error) {
		offsets, err := c.client.Offsets(g.Name, g.Topic)
		return fmt.Sprint(offsets), err
	})
	return err
}

func everywhere(offset int64) map[int32]int64 {
	offsets := map[int32]int64{}
	for _, partition := range groupPartitions() {
		offsets[partition] = offset
	}
	return offsets
}

func (g *Group) ends() map[int32]int64 {
	ends := map[int32]int64{}
	for _, partition := range groupPartitions() {
		records := g.written.Records(partition)
		ends[partition] = records[len(records)-1].Offset + 1
	}
	return ends
}

// Two members share a round; then something is done with them.
func (c *GroupChecks) two(
	g *Group, choose func(*Seat), then func(a, b *Seat, second Member) error,
) (err error) {
	a, b := seatOf(g, "first", choose), seatOf(g, "second", choose)
	first, err := c.client.Join(a)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, first.Close()) }()
	if err := c.shared(g, a); err != nil {
		return err
	}
	second, err := c.client.Join(b)
	if err != nil {
		return err
	}
	left := sync.OnceValue(second.Close)
	defer func() { err = errors.Join(err, left()) }()
	if err := errors.Join(c.shared(g, a, b), c.ownRound(g)); err != nil {
		return err
	}
	return then(a, b, leaver{second, left})
}

// Leaver is a member that may be closed twice.
type leaver struct {
	Member
	close func() error
}

func (l leaver) Close() error { return l.close() }

// Others are pairs with other choices, one after the other on one topic.
func (c *GroupChecks) others() {
	var topic *Group
	pair := func(name string, choose func(*Seat)) {
		c.report.Check("group-"+name, func() (detail string, err error) {
			if topic == nil {
				if topic, err = c.open("others", 5); err != nil {
					return "", err
				}
			}
			g := topic.other(name)
			err = c.two(g, choose, func(a, b *Seat, _ Member) error {
				detail = fmt.Sprintf("%v and %v", g.share(a.Member), g.share(b.Member))
				return nil
			})
			return detail, err
		})
	}
	for _, strategy := range c.client.Strategies {
		pair("balance-"+strategy, func(seat *Seat) { seat.Strategy = strategy })
	}
	for _, way := range c.client.Ways {
		pair(way, func(seat *Seat) { seat.Way = way })
	}
}

func (c *GroupChecks) cooperative() (string, error) {
	g, err := c.open("cooperative", 5)
	if err != nil {
		return "", err
	}
	detail := ""
	choose := func(seat *Seat) { seat.Strategy = c.client.Cooperative }
	err = c.two(g, choose, func(a, b *Seat, _ Member) error {
		kept, isWhole := g.share(a.Member), false
		for _, share := range g.history(a.Member) {
			isWhole = isWhole || len(share) == GroupPartitions
			for _, partition := range kept {
				if isWhole && !slices.Contains(share, partition) {
					return fmt.Errorf("the first lost %d, which it has: %v", partition, g.history(a.Member))
				}
			}
		}
		detail = fmt.Sprintf("the first kept %v, and gave %v away", kept, g.share(b.Member))
		return nil
	})
	return detail, err
}

func (c *GroupChecks) nextGeneration() (string, error) {
	g, err := c.open("848", 5)
	if err != nil {
		return "", err
	}
	detail := ""
	choose := func(seat *Seat) { seat.NextGeneration = true }
	err = c.two(g, choose, func(a, b *Seat, _ Member) error {
		described, err := c.client.Admin.Describe(g.Name)
		if err == nil && described.Type != "consumer" {
			err = fmt.Errorf("a group of type %q", described.Type)
		}
		detail = fmt.Sprintf("%v and %v", g.share(a.Member), g.share(b.Member))
		return errors.Join(err, c.committed(g, g.ends()))
	})
	return detail, err
}

// Static has one of two members close, which does not leave, and come back.
func (c *GroupChecks) static() (string, error) {
	g, err := c.open("static", 5)
	if err != nil {
		return "", err
	}
	detail := ""
	choose := func(seat *Seat) {
		seat.Static = seat.Member
		seat.Session = 30 * time.Second
	}
	err = c.two(g, choose, func(a, b *Seat, second Member) error {
		before, calm := g.share(b.Member), len(g.history(a.Member))
		if err := second.Close(); err != nil {
			return err
		}
		g.gone(b.Member)
		again := seatOf(g, "again", choose)
		again.Static = b.Static
		third, err := c.client.Join(again)
		if err != nil {
			return err
		}
		defer third.Close()
		if err := errors.Join(c.shared(g, a, again), c.round(g)); err != nil {
			return err
		}
		detail = fmt.Sprintf("back at %v", g.share(again.Member))
		if !slices.Equal(before, g.share(again.Member)) {
			return fmt.Errorf("%v before and %v after", before, g.share(again.Member))
		}
		if past := g.history(a.Member); len(past) != calm {
			return fmt.Errorf("the other has seen %v", past[calm:])
		}
		return nil
	})
	return detail, err
}
