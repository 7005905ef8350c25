package checks

import (
	"errors"
	"fmt"
	"time"
)

// Members: two share, a third joins in a process of its own, and is killed there.
func (c *GroupChecks) members() {
	names := []string{"group-two-members", "group-third-member", "group-killed-member"}
	m := &threeMembers{GroupChecks: c}
	for i, step := range []func() (string, error){m.share, m.grow, m.mourn} {
		c.report.Check(names[i], step)
	}
	for _, member := range m.here {
		member.Close()
	}
}

type threeMembers struct {
	*GroupChecks
	group *Group
	a, b  *Seat
	c     *Seat
	here  []Member
	there *child
}

func (m *threeMembers) share() (string, error) {
	var err error
	if m.group, err = m.open("members", 5); err != nil {
		return "", err
	}
	m.a, m.b = seatOf(m.group, "one"), seatOf(m.group, "two")
	for _, seat := range []*Seat{m.a, m.b} {
		member, err := m.client.Join(seat)
		if err != nil {
			return "", err
		}
		m.here = append(m.here, member)
	}
	if err := errors.Join(m.shared(m.group, m.a, m.b), m.ownRound(m.group)); err != nil {
		return "", err
	}
	return m.shares(), nil
}

func (m *threeMembers) shares() (detail string) {
	for _, seat := range []*Seat{m.a, m.b, m.c} {
		if seat != nil {
			detail += fmt.Sprintf("%v ", m.group.share(seat.Member))
		}
	}
	return detail + fmt.Sprintf("%d records", m.group.written.total())
}

func (m *threeMembers) grow() (string, error) {
	if len(m.here) != 2 {
		return "", errors.New("there are no two")
	}
	// The shortest session that a broker allows by default, as its end will be waited for.
	m.c = seatOf(m.group, "three", func(seat *Seat) { seat.Session = 6 * time.Second })
	var err error
	if m.there, err = spawn(m.c); err != nil {
		return "", err
	}
	if err := errors.Join(m.shared(m.group, m.a, m.b, m.c), m.round(m.group)); err != nil {
		return "", err
	}
	return m.shares(), nil
}

// Mourn: some records are written before the kill, which the third may have read or not, and some
// after it.
func (m *threeMembers) mourn() (string, error) {
	if m.there == nil {
		return "", errors.New("there is no third")
	}
	share := m.group.share(m.c.Member)
	err := errors.Join(m.write(m.group, 5), m.there.kill())
	if err != nil {
		return "", err
	}
	m.group.gone(m.c.Member)
	m.c = nil
	if err := m.write(m.group, 5); err != nil {
		return "", err
	}
	if err := errors.Join(m.shared(m.group, m.a, m.b), m.group.awaitReaders()); err != nil {
		return "", err
	}
	return fmt.Sprintf("%v go over to %s", share, m.shares()), m.round(m.group)
}
