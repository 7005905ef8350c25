package checks

import (
	"errors"
	"fmt"
	"slices"
)

// DescribedGroup is what an admin says of a group.
type DescribedGroup struct {
	State  string
	Type   string             // empty if the client does not say
	Shares map[string][]int32 // by client id
}

// GroupAdmin is what a client's admin has for groups.
type GroupAdmin struct {
	List     func() ([]string, error)
	Describe func(group string) (DescribedGroup, error)
	// Nil where there is none.
	Delete        func(group string) error
	Alter         func(group, topic string, offsets map[int32]int64) error
	DeleteOffsets func(group, topic string, partitions []int32) error
}

// Commits are groups on one topic, which is written once.
func (c *GroupChecks) commits() {
	var auto, manual *Group
	c.report.Check("group-auto-commit", func() (_ string, err error) {
		if auto, err = c.open("commits", 10); err != nil {
			return "", err
		}
		return c.alone(auto, seatOf(auto, "auto"), func(Member) error {
			return c.committed(auto, everywhere(10))
		})
	})
	c.check("group-mark-message", func() (string, error) { return c.mark(auto) })
	c.check("group-admin", func() (string, error) { return c.administrate(auto) })
	c.report.Check("group-manual-commit", func() (string, error) {
		if auto == nil {
			return "", errors.New("there is no topic")
		}
		manual = auto.other("manual")
		seat := manualSeat(manual)
		detail, err := c.alone(manual, seat, func(member Member) error {
			return member.Commit(everywhere(5))
		})
		return detail, errors.Join(err, c.committed(manual, everywhere(5)))
	})
	c.report.Check("group-resume", func() (string, error) {
		if manual == nil {
			return "", errors.New("there is no group")
		}
		return c.resume(manual, manualSeat(manual))
	})
}

func manualSeat(g *Group) *Seat {
	return seatOf(g, "manual", func(seat *Seat) { seat.Commits = Manual })
}

// Other is another group on the same topic.
func (g *Group) other(name string) *Group {
	other := newGroup(name)
	other.Topic = g.Topic
	other.written, other.blind = g.written, g.blind
	return other
}

// Alone in its group, a member reads everything; then something is done with it, and it closes.
func (c *GroupChecks) alone(
	g *Group, seat *Seat, then func(Member) error,
) (detail string, err error) {
	member, err := c.client.Join(seat)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, member.Close()) }()
	if err := errors.Join(g.awaitReaders(), then(member)); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d records", g.written.total()), nil
}

// Resume joins once more, and reads what was not committed: nothing before, nothing less.
func (c *GroupChecks) resume(g *Group, seat *Seat) (string, error) {
	rest := g.other("manual")
	rest.written = NewJournal()
	for _, partition := range g.written.Partitions() {
		rest.written.keep(g.written.Records(partition)[5:])
	}
	seat.say = func(event Event) { rest.hear(seat.Member, event) }
	return c.alone(rest, seat, func(Member) error { return nil })
}

func (c *GroupChecks) mark(topic *Group) (string, error) {
	if topic == nil {
		return "", errors.New("there is no topic")
	}
	g := topic.other("mark")
	seat := seatOf(g, "marks", func(seat *Seat) { seat.Commits = Marked })
	return c.alone(g, seat, func(member Member) error {
		return errors.Join(member.Commit(everywhere(5)), c.committed(g, everywhere(5)))
	})
}

func (c *GroupChecks) administrate(topic *Group) (string, error) {
	if topic == nil {
		return "", errors.New("there is no topic")
	}
	g := topic.other("admin")
	admin, seat := c.client.Admin, seatOf(g, "admin")
	if _, err := c.alone(g, seat, func(Member) error {
		listed, err := admin.List()
		if !slices.Contains(listed, g.Name) {
			err = errors.Join(err, fmt.Errorf("not among %v", listed))
		}
		described, failure := admin.Describe(g.Name)
		if described.State != "Stable" || !areShared(described.Shares, []string{seat.Member}) {
			err = errors.Join(err, fmt.Errorf("described as %v", described))
		}
		return errors.Join(err, failure, c.committed(g, everywhere(10)))
	}); err != nil {
		return "", err
	}
	detail := "list, describe, offsets"
	if admin.Alter != nil {
		detail += ", alter offsets"
		if err := admin.Alter(g.Name, g.Topic, everywhere(3)); err != nil {
			return "", err
		}
		if err := c.committed(g, everywhere(3)); err != nil {
			return "", err
		}
	}
	if admin.DeleteOffsets != nil {
		detail += ", delete offsets"
		if err := admin.DeleteOffsets(g.Name, g.Topic, groupPartitions()); err != nil {
			return "", err
		}
		if err := c.committed(g, map[int32]int64{}); err != nil {
			return "", err
		}
	}
	if admin.Delete == nil {
		return detail, nil
	}
	if err := admin.Delete(g.Name); err != nil {
		return "", err
	}
	listed, err := admin.List()
	if slices.Contains(listed, g.Name) {
		err = errors.Join(err, errors.New("still there when it is deleted"))
	}
	return detail + ", delete", err
}
