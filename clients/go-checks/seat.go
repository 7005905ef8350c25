package checks

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Commits is how a member commits.
type Commits string

const (
	// Auto is the client's own way, with what was read.
	Auto Commits = "auto"
	// Marked is the same with what the program has marked, and nothing else.
	Marked Commits = "marked"
	// Manual is when the program says so.
	Manual Commits = "manual"
)

// Seat is a member's place in a group, and to whom it says what happens to it.
type Seat struct {
	Member  string // its client id
	Group   string
	Topic   string
	Commits Commits
	// What follows is the client's own choice where it is zero.
	Strategy string        `json:",omitempty"`
	Static   string        `json:",omitempty"`
	Session  time.Duration `json:",omitempty"`
	// NextGeneration asks for the protocol of KIP-848.
	NextGeneration bool `json:",omitempty"`
	// Way of joining, where the client has another.
	Way string `json:",omitempty"`

	say func(Event)
}

// Gains partitions.
func (s *Seat) Gains(partitions ...int32) { s.say(Event{Gained: partitions}) }

// Loses partitions.
func (s *Seat) Loses(partitions ...int32) { s.say(Event{Lost: partitions}) }

// Reads a record. What it commits comes after.
func (s *Seat) Reads(record Record) { s.say(Event{Read: &record}) }

// Heartbeat is quick, so that a member hears of a rebalance at once.
const Heartbeat = 500 * time.Millisecond

// CommitInterval of what commits by itself.
const CommitInterval = 100 * time.Millisecond

// Member is what a client has joined with.
type Member interface {
	// Commit these offsets and wait, or mark them if the seat says so.
	Commit(offsets map[int32]int64) error
	Close() error
}

const seatVariable = "GROUP_SEAT"

// SitDown is the whole program of a process that is but a member, which ends with its input.
func SitDown(join func(*Seat) (Member, error)) (satDown bool) {
	text, isMember := os.LookupEnv(seatVariable)
	if !isMember {
		return false
	}
	var one sync.Mutex
	lines := json.NewEncoder(os.Stdout)
	seat := &Seat{say: func(event Event) {
		one.Lock()
		defer one.Unlock()
		lines.Encode(event)
	}}
	err := json.Unmarshal([]byte(text), seat)
	var member Member
	if err == nil {
		member, err = join(seat)
	}
	if err == nil {
		io.Copy(io.Discard, os.Stdin)
		err = member.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

// Child is a member in a process of its own.
type child struct {
	process *exec.Cmd
	over    chan struct{}
}

// Spawn this program again, as a member.
func spawn(seat *Seat) (*child, error) {
	text, err := json.Marshal(seat)
	if err != nil {
		return nil, err
	}
	process := exec.Command(os.Args[0], os.Args[1:]...)
	process.Env = append(os.Environ(), seatVariable+"="+string(text))
	process.Stderr = os.Stderr
	if _, err := process.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c := &child{process, make(chan struct{})}
	go func() {
		defer close(c.over)
		lines := json.NewDecoder(output)
		for {
			var event Event
			if lines.Decode(&event) != nil {
				return // its end, in the midst of a line perhaps
			}
			seat.say(event)
		}
	}()
	return c, process.Start()
}

// Kill it, and hear out what it had said by then.
func (c *child) kill() error {
	err := c.process.Process.Kill()
	<-c.over
	var killed *exec.ExitError
	if ended := c.process.Wait(); !errors.As(ended, &killed) {
		err = errors.Join(err, fmt.Errorf("it was not killed: %v", ended))
	}
	return err
}
