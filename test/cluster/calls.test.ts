import { expect, test } from 'vitest';
import { Calls } from '../../src/cluster/calls.ts';
import { VirtualClock } from '../../src/simulation/clock.ts';
import { Network } from '../../src/simulation/network.ts';
import { Process } from '../../src/simulation/process.ts';
import { Random } from '../../src/simulation/random.ts';

/** Node 1 calls node 2; what it hears, and when. */
class Line {
  readonly clock = new VirtualClock();
  readonly network = new Network({ clock: this.clock, random: new Random(1), emit: () => {} });
  readonly heard: (string | undefined)[] = [];
  readonly asked: ((response: string) => void)[] = [];
  onReply = () => {};
  readonly calls = new Calls(this.clock, this.network);
  readonly from = new Process(1, this.clock);
  readonly to = new Process(2, this.clock);

  call(): void {
    this.send();
    this.clock.settle();
  }

  send(): void {
    this.calls.call<string>({
      from: this.from,
      to: this.to,
      plane: 'replication',
      label: 'Question',
      handle: (reply) => this.asked.push(reply),
      reply: (response) => {
        this.heard.push(response);
        this.onReply();
      },
    });
  }

  end(process: Process): void {
    process.end();
    this.calls.ended(process);
    this.clock.settle();
  }

  answer(text: string, at = this.asked.length - 1): void {
    this.asked[at]?.(text);
    this.clock.settle();
  }
}

test('a call is handled and answered in the same instant', () => {
  const line = new Line();
  line.call();
  line.answer('yes');
  expect(line.heard).toEqual(['yes']);
  expect(line.clock.now()).toBe(0);
});

test('whoever calls a process that is not there hears so at once', () => {
  const line = new Line();
  line.to.end();
  line.call();
  expect(line.heard).toEqual([undefined]);
  expect(line.asked).toHaveLength(0);
});

test('the end of the called process breaks its connections, and its answer is lost', () => {
  const line = new Line();
  line.call();
  line.call();
  line.end(line.to);
  expect(line.heard).toEqual([undefined, undefined]);
  line.answer('too late');
  expect(line.heard).toHaveLength(2);
});

test('the end of the calling process makes its calls forgotten', () => {
  const line = new Line();
  line.call();
  line.end(line.from);
  line.answer('to nobody');
  line.clock.advanceTo(60_000);
  expect(line.heard).toEqual([]);
  expect(line.clock.nextDeadline()).toBeUndefined();
});

test('what is lost is given up after half a minute, and what comes later is ignored', () => {
  const line = new Line();
  line.network.setLink({ from: 1, to: 2 }, { cut: true });
  line.call();
  expect(line.asked).toHaveLength(0);
  line.network.setLink({ from: 1, to: 2 }, { cut: false });
  line.call();
  line.clock.advanceTo(29_999);
  expect(line.heard).toEqual([]);
  line.clock.advanceTo(30_000);
  expect(line.heard).toEqual([undefined, undefined]);
  line.answer('too late');
  expect(line.heard).toHaveLength(2);
});

test('each call is given up after its own half minute, also when one leads to another', () => {
  const line = new Line();
  line.onReply = () => {
    if (line.heard.length === 1) line.send();
  };
  line.call();
  line.clock.advanceTo(1000);
  line.call();
  line.clock.advanceTo(30_999);
  expect(line.heard).toHaveLength(1);
  line.clock.advanceTo(31_000);
  expect(line.heard).toHaveLength(2);
  line.clock.advanceTo(60_000);
  expect(line.heard).toHaveLength(3);
});

test('two answers to one call are heard as one', () => {
  const line = new Line();
  line.call();
  line.answer('once', 0);
  line.answer('twice', 0);
  expect(line.heard).toEqual(['once']);
});

test('nothing is left behind by calls that have been answered', () => {
  const line = new Line();
  for (let count = 0; count < 5; count++) {
    line.call();
    line.answer('yes');
  }
  line.clock.advanceTo(100_000);
  expect(line.clock.nextDeadline()).toBeUndefined();
});
