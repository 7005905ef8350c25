import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import type { Network } from '../../src/simulation/network.ts';
import { World } from './world.ts';

/** Faults aim at the present leader, or they would hardly ever meet. */
type Step =
  | { readonly do: 'produce'; readonly acks: number; readonly records: number }
  | { readonly do: 'crash leader' | 'restart all' | 'isolate leader' | 'heal all' }
  | { readonly do: 'crash' | 'restart' | 'silence' | 'slow down'; readonly broker: number }
  | { readonly do: 'advance'; readonly ms: number };

const broker = fc.integer({ min: 1, max: 3 });
const one = <const Name extends string>(...names: Name[]) =>
  fc.record({ do: fc.constantFrom(...names) });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('produce' as const),
        acks: fc.constantFrom(1, -1),
        records: fc.integer({ min: 1, max: 3 }),
      }),
    },
    { weight: 1, arbitrary: one('crash leader', 'isolate leader') },
    { weight: 1, arbitrary: one('restart all', 'heal all') },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('crash', 'restart', 'silence', 'slow down'),
        broker,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('advance' as const),
        ms: fc.constantFrom(1, 20, 400, 1500, 50_000),
      }),
    },
  ),
  { minLength: 1, maxLength: 40 },
);

const brokers = [1, 2, 3];

interface PendingWrite {
  readonly values: string[];
  readonly answer: ReturnType<World['produce']>;
}

/** Drives a cluster by steps, and holds it against what replication promises. */
class Run {
  readonly world: World;
  readonly #acknowledged: { readonly offset: number; readonly values: readonly string[] }[] = [];
  readonly #waiting: PendingWrite[] = [];
  /** What a leader has shown as committed, by offset: it may never be another record. */
  readonly #committed: string[] = [];
  #produced = 0;

  constructor(seed: number, minInSyncReplicas: number) {
    this.world = new World({ seed });
    this.world.createTopic('t', [brokers], { 'min.insync.replicas': `${minInSyncReplicas}` });
  }

  step(step: Step): void {
    const { cluster } = this.world;
    const { leader } = this.world.partition('t');
    switch (step.do) {
      case 'produce':
        this.#produce(step.acks, step.records);
        break;
      case 'crash leader':
        if (leader >= 0) cluster.crash(leader);
        break;
      case 'crash':
        cluster.crash(step.broker);
        break;
      case 'restart':
        cluster.restart(step.broker);
        break;
      case 'restart all':
        for (const brokerId of brokers) cluster.restart(brokerId);
        break;
      case 'isolate leader':
        this.#links((from, to) => (from === leader && to !== leader ? { cut: true } : {}));
        break;
      case 'silence':
        this.#links((from, to) => (from === leader && to === step.broker ? { cut: true } : {}));
        break;
      case 'slow down':
        this.#links((_, to) => (to === step.broker ? { latencyMs: 30, jitterMs: 40 } : {}));
        break;
      case 'heal all':
        this.#links(() => ({ cut: false, latencyMs: 0, jitterMs: 0 }));
        break;
      case 'advance':
        this.world.advance(step.ms);
        break;
    }
    cluster.clock.settle();
    this.check();
  }

  #links(change: (from: number, to: number) => Parameters<Network['setLink']>[1]): void {
    for (const from of brokers) {
      for (const to of brokers) this.world.cluster.network.setLink({ from, to }, change(from, to));
    }
  }

  /** Ends every fault; then all that was promised must be everywhere. */
  heal(): void {
    this.step({ do: 'heal all' });
    this.step({ do: 'restart all' });
    for (let round = 0; round < 4; round++) this.step({ do: 'advance', ms: 20_000 });
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
    fc.property(fc.nat(), fc.constantFrom(1, 2), steps, (seed, minInSyncReplicas, sequence) => {
      const run = new Run(seed, minInSyncReplicas);
      for (const step of sequence) run.step(step);
      run.heal();
    }),
    { numRuns: Number(process.env.ODRADEK_RUNS ?? 200) },
  );
});
