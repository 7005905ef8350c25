package checks

import (
	"errors"
	"fmt"
	"slices"
)

// Pipe is consume, transform, produce: from the topic of a group into that of a story.
type pipe struct {
	*story
	input     *Group
	committed int
}

const (
	inputs = 10 // in each partition
	bite   = 10 // of records, for one transaction
)

// Pipeline has two processors, of which the second finds a transaction that the first has left open.
func (c *TransactionChecks) pipeline() (string, error) {
	groups := &GroupChecks{client: c.client.GroupClient}
	input, err := groups.open("transaction-input", inputs)
	if err != nil {
		return "", err
	}
	output, err := c.open("transaction-output", GroupPartitions)
	if err != nil {
		return "", err
	}
	defer output.close()
	p := &pipe{story: output, input: input}
	first, err := p.processor("first")
	if err != nil {
		return "", err
	}
	defer first.Close()
	if err := errors.Join(p.run(first, 2*bite), p.leaveOpen(first)); err != nil {
		return "", err
	}
	second, err := p.processor("second")
	if err != nil {
		return "", err
	}
	defer second.Close()
	err = p.run(second, inputs*GroupPartitions)
	if err := errors.Join(err, second.Leave()); err != nil {
		return "", err
	}
	if err := groups.committed(input, everywhere(inputs)); err != nil {
		return "", err
	}
	return p.verify()
}

func (p *pipe) processor(name string) (Processor, error) {
	seat := seatOf(p.input, name, func(seat *Seat) { seat.Commits = Manual })
	return p.client.Process(seat, Named("pipe"))
}

// Run until so many are committed in all. The first transaction is aborted, and done again.
func (p *pipe) run(processor Processor, until int) error {
	if _, err := p.step(processor, (*transaction).abort); err != nil {
		return err
	}
	for p.committed < until {
		count, err := p.step(processor, (*transaction).commit)
		if err != nil {
			return err
		}
		p.committed += count
	}
	return nil
}

func (t *transaction) abort() error      { return t.end(false) }
func (t *transaction) commit() error     { return t.end(true) }
func (t *transaction) stayAsItIs() error { return nil }

func (p *pipe) step(processor Processor, end func(*transaction) error) (count int, err error) {
	taken, err := processor.Take(bite)
	if err != nil {
		return 0, err
	}
	transaction, err := p.begin(processor)
	if err != nil {
		return 0, err
	}
	if err := transaction.write(transformed(taken)); err != nil {
		return 0, err
	}
	return len(taken), errors.Join(processor.SendTaken(), end(transaction))
}

func transformed(records []Record) []Record {
	records = slices.Clone(records)
	for i := range records {
		records[i].Value = append(slices.Clone(records[i].Value), " transformed"...)
	}
	return records
}

// LeaveOpen a transaction, with records and offsets, as one that dies in its midst does.
func (p *pipe) leaveOpen(processor Processor) error {
	_, err := p.step(processor, (*transaction).stayAsItIs)
	return errors.Join(err, processor.Leave())
}

// Verify that the output is all that was written, to whom reads all; and to whom reads what was
// committed each record of the input once, in order.
func (p *pipe) verify() (string, error) {
	for _, partition := range groupPartitions() {
		_, got := told(p.rows[partition][1:]) // the first was there before
		want := transformed(p.input.written.Records(partition))
		for i := range min(len(want), len(got)) {
			want[i].Offset = got[i].Offset
		}
		if err := Same(want, got); err != nil {
			return "", fmt.Errorf("partition %d of the output: %w", partition, err)
		}
	}
	sentinel, err := p.producer("pipe-end")
	if err != nil {
		return "", err
	}
	defer sentinel.Close()
	return p.settled(sentinel)
}
