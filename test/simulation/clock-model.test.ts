import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Timer, VirtualClock } from '../../src/simulation/clock.ts';

/** The clock as one would first write it: a list, searched. */
class NaiveClock {
  nowMs = 0;
  #sequence = 0;
  #waiting: { atMs: number; sequence: number; run: () => void }[] = [];
  #ends: (() => void)[] = [];

  after(delayMs: number, run: () => void): Timer {
    const entry = { atMs: this.nowMs + delayMs, sequence: this.#sequence++, run };
    this.#waiting.push(entry);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
      },
    };
  }

  atInstantEnd(run: () => void): void {
    this.#ends.push(run);
  }

  nextDeadline(): number | undefined {
    if (this.#ends.length > 0) return this.nowMs;
    return this.#waiting.length === 0 ? undefined : Math.min(...this.#waiting.map((e) => e.atMs));
  }

  advanceTo(timeMs: number): void {
    for (;;) {
      this.#waiting.sort((a, b) => a.atMs - b.atMs || a.sequence - b.sequence);
      const [head] = this.#waiting;
      if (this.#ends.length > 0 && (head === undefined || head.atMs > this.nowMs)) {
        const ends = this.#ends;
        this.#ends = [];
        for (const run of ends) run();
      } else if (head !== undefined && head.atMs <= timeMs) {
        this.#waiting.shift();
        this.nowMs = head.atMs;
        head.run();
      } else break;
    }
    this.nowMs = Math.max(this.nowMs, timeMs);
  }
}

/** What one event does when it runs; `cancel` names a timer by its number, set or not yet. */
type Action =
  | { readonly type: 'after'; readonly delayMs: number; readonly follow: readonly Action[] }
  | { readonly type: 'end'; readonly follow: readonly Action[] }
  | { readonly type: 'cancel'; readonly timer: number };
type Step = Action | { readonly type: 'advance'; readonly byMs: number };

const { action } = fc.letrec<{ action: Action }>((tie) => ({
  action: fc.oneof(
    { maxDepth: 3 },
    fc.record({ type: fc.constant('cancel' as const), timer: fc.nat(60) }),
    fc.record({
      type: fc.constant('after' as const),
      delayMs: fc.nat(6),
      follow: fc.array(tie('action'), { maxLength: 3 }),
    }),
    fc.record({
      type: fc.constant('end' as const),
      follow: fc.array(tie('action'), { maxLength: 2 }),
    }),
  ),
}));
const advance = fc.record({ type: fc.constant('advance' as const), byMs: fc.nat(10) });
const steps: fc.Arbitrary<Step[]> = fc.array(fc.oneof({ arbitrary: action, weight: 3 }, advance), {
  maxLength: 60,
});

type AnyClock = Pick<NaiveClock, 'after' | 'atInstantEnd' | 'nextDeadline' | 'advanceTo'>;

/** The history of a run: what ran when, and what the clock said in between. */
function history(clock: AnyClock, now: () => number, run: readonly Step[]): string[] {
  const lines: string[] = [];
  const timers: Timer[] = [];
  let names = 0;
  const act = (step: Action): void => {
    if (step.type === 'cancel') {
      timers[step.timer]?.cancel();
      return;
    }
    const name = names++;
    const event = () => {
      lines.push(`${now()} ${step.type} ${name}`);
      for (const next of step.follow) act(next);
    };
    if (step.type === 'after') timers.push(clock.after(step.delayMs, event));
    else clock.atInstantEnd(event);
  };
  for (const step of run) {
    if (step.type === 'advance') clock.advanceTo(now() + step.byMs);
    else act(step);
    lines.push(`${now()} next ${clock.nextDeadline()}`);
  }
  return lines;
}

test('has the history of a naive clock, whatever is set, cancelled and advanced', () => {
  fc.assert(
    fc.property(steps, (run) => {
      const clock = new VirtualClock();
      const naive = new NaiveClock();
      expect(history(clock, () => clock.now(), run)).toEqual(
        history(naive, () => naive.nowMs, run),
      );
    }),
    { numRuns: 1000 },
  );
});

test('ten thousand timers, most of them cancelled, run in the order of a sorted list', () => {
  const count = 10_000;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const clock = new VirtualClock();
      const ran: number[] = [];
      const delays = Array.from(
        { length: count },
        (_, i) => Math.imul(i ^ seed, 0x9e3779b1) >>> 22,
      );
      const timers = delays.map((delayMs, i) => clock.after(delayMs, () => ran.push(i)));
      const isCancelled = (i: number) => i % 10 !== 0;
      timers.forEach((timer, i) => {
        if (isCancelled(i)) timer.cancel();
      });
      clock.advanceTo(1024);
      const expected = delays
        .map((delayMs, i) => ({ delayMs, i }))
        .filter(({ i }) => !isCancelled(i))
        .sort((a, b) => a.delayMs - b.delayMs || a.i - b.i);
      expect(ran).toEqual(expected.map(({ i }) => i));
    }),
    { numRuns: 5 },
  );
});
