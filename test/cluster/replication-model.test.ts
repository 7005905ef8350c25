import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { World } from './world.ts';

type Step =
  | { readonly do: 'produce'; readonly acks: number; readonly records: number }
  | { readonly do: 'crash' | 'restart'; readonly broker: number }
  | { readonly do: 'cut' | 'heal' | 'slow'; readonly from: number; readonly to: number }
  | { readonly do: 'advance'; readonly ms: number };

const broker = fc.integer({ min: 1, max: 3 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('produce' as const),
        acks: fc.constantFrom(1, -1),
        records: fc.integer({ min: 1, max: 3 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('crash', 'restart'), broker }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom('cut', 'heal', 'slow'), from: broker, to: broker }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('advance' as const),
        ms: fc.constantFrom(1, 50, 400, 1000, 20_000),
      }),
    },
  ),
  { minLength: 1, maxLength: 60 },
);

const brokers = [1, 2, 3];

/** Drives a cluster by steps, and holds it against what replication promises. */
class Run {
  readonly world: World;
  readonly #acknowledged: { readonly offset: number; readonly values: readonly string[] }[] = [];
  readonly #waiting: { readonly values: string[]; readonly answer: ReturnType<World['produce']> }[] =
    [];
  /** What a leader has shown as committed, by offset: it may never be another record. */
  readonly #committed: string[] = [];
  #produced = 0;

  constructor(seed: number) {
    this.world = new World({ seed });
    this.world.createTopic('t', [brokers], { 'min.insync.replicas': '2' });
  }

  step(step: Step): void {
    const { cluster } = this.world;
    switch (step.do) {
      case 'produce':
        this.#produce(step.acks, step.records);
        break;
      case 'crash':
        cluster.crash(step.broker);
        break;
      case 'restart':
        cluster.restart(step.broker);
        break;
      case 'cut':
        cluster.network.setLink(step.from, step.to, { cut: true });
        break;
      case 'heal':
        cluster.network.setLink(step.from, step.to, { cut: false, latencyMs: 0, jitterMs: 0 });
        break;
      case 'slow':
        cluster.network.setLink(step.from, step.to, { latencyMs: 30, jitterMs: 40 });
        break;
      case 'advance':
        this.world.advance(step.ms);
        break;
    }
    cluster.clock.settle();
    this.check();
  }

  /** Ends every fault; then all that was promised must be everywhere. */
  heal(): void {
    for (const from of brokers) {
      for (const to of brokers) this.step({ do: 'heal', from, to });
      this.step({ do: 'restart', broker: from });
    }
    for (let round = 0; round < 10; round++) this.step({ do: 'advance', ms: 20_000 });
    const image = this.world.partition('t');
    expect([...image.isr].sort()).toEqual(brokers);
    const values = this.world.values(image.leader, 't');
    for (const brokerId of brokers) expect(this.world.values(brokerId, 't')).toEqual(values);
    expect(this.world.log(image.leader, 't').highWatermark).toBe(values.length);
    for (const { offset, values: written } of this.#acknowledged) {
      expect(values.slice(offset, offset + written.length)).toEqual(written);
    }
  }

  check(): void {
    for (const { values, answer } of this.#waiting.splice(0)) {
      const outcome = answer();
      if (outcome === undefined) this.#waiting.push({ values, answer });
      else if (outcome.errorCode === ErrorCode.NONE) {
        this.#acknowledged.push({ offset: outcome.baseOffset, values });
      }
    }
    // The leader first: it decides what is committed.
    const { leader } = this.world.partition('t');
    for (const brokerId of [leader, ...brokers]) this.#checkReplica(brokerId);
  }

  #produce(acks: number, records: number): void {
    const { leader } = this.world.partition('t');
    if (leader < 0 || !this.world.cluster.isRunning(leader)) return;
    const values = Array.from({ length: records }, () => `v${this.#produced++}`);
    const answer = this.world.produce('t', values, { acks, timeoutMs: 40_000 });
    // acks=1 promises nothing that a crash could not take back.
    if (acks === -1) this.#waiting.push({ values, answer });
  }

  #checkReplica(brokerId: number): void {
    if (brokerId < 0) return;
    const replica = this.world.cluster.replica(brokerId, 't', 0);
    if (replica === undefined) return;
    const { highWatermark, logEndOffset } = replica.log;
    expect(highWatermark).toBeLessThanOrEqual(logEndOffset);
    const isLeader = replica.leadership?.leaderEpoch === this.world.partition('t').leaderEpoch;
    const values = this.world.values(brokerId, 't');
    for (let offset = 0; offset < highWatermark; offset++) {
      if (isLeader) this.#committed[offset] ??= values[offset]!;
      expect(values[offset]).toBe(this.#committed[offset]);
    }
    // Whoever leads has all that was ever committed.
    if (isLeader) expect(logEndOffset).toBeGreaterThanOrEqual(this.#committed.length);
  }
}

test('whatever breaks: what is committed stays, and what is acknowledged is kept', () => {
  fc.assert(
    fc.property(fc.nat(), steps, (seed, sequence) => {
      const run = new Run(seed);
      for (const step of sequence) run.step(step);
      run.heal();
    }),
    { numRuns: Number(process.env.ODRADEK_RUNS ?? 60) },
  );
});
