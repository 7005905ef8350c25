import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recordsOf } from '../../src/protocol/records/batch-records.ts';
import { readEndTransactionMarker } from '../../src/protocol/records/end-transaction-marker.ts';
import {
  isControl,
  isTransactional,
  lastOffsetOf,
  producerIdOf,
  sizeOf,
} from '../../src/protocol/records/record-batch.ts';
import { TransactionWorld } from './transaction-world.ts';

const topics = ['one', 'two', 'three'];

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ write: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.record({ commit: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ init: fc.constant(true) }) },
  { weight: 2, arbitrary: fc.record({ crash: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ restart: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ advance: fc.constantFrom(1, 100, 5000, 30_000) }) },
);
type Step = { [K in 'write' | 'crash' | 'restart' | 'advance']?: number } & {
  commit?: boolean;
  init?: boolean;
};

interface Transaction {
  readonly written: { readonly topic: string; readonly value: string }[];
  /** A write or an end went wrong: all that is left is to begin anew. */
  broken: boolean;
  /** `unknown`: an end was asked for, and no answer came. */
  outcome: 'open' | 'committed' | 'aborted' | 'unknown';
}

/** A client with one transaction after the other, among brokers that come and go. */
class Client {
  readonly world = new TransactionWorld();
  readonly past: Transaction[] = [];
  #current: Transaction = newTransaction();
  #ready = false;
  #values = 0;

  constructor(isSlow: boolean) {
    topics.forEach((topic, index) => {
      const replicas = [0, 1, 2].map((offset) => ((index + offset) % 4) + 1);
      this.world.createTopic(topic, [replicas], { 'min.insync.replicas': '2' });
    });
    if (isSlow) this.#slowDown();
  }

  /** Whoever dies now dies in the middle of something. */
  #slowDown(): void {
    const { cluster } = this.world;
    this.world.patienceMs = 1000;
    for (const from of cluster.brokerIds) {
      for (const to of cluster.brokerIds) {
        if (from !== to) cluster.network.setLink({ from, to }, { latencyMs: 20, jitterMs: 10 });
      }
    }
  }

  init(): void {
    this.#finish(this.#current.outcome === 'unknown' ? 'unknown' : 'aborted');
    this.#ready = this.#asked(() => this.world.init(20_000)) === 'NONE';
  }

  write(topic: string): void {
    if (!this.#ready) this.init();
    if (!this.#ready || this.#current.broken) return;
    const value = String(++this.#values);
    let answer: (() => string | undefined) | undefined;
    const error = this.#asked(() => {
      answer ??= this.#tried(() => this.world.write(topic, { value }));
      return answer?.();
    });
    this.#current.written.push({ topic, value });
    if (error !== 'NONE') this.#current.broken = true;
  }

  end(wanted: boolean): void {
    const transaction = this.#current;
    if (!this.#ready || transaction.written.length === 0) return;
    const committed = wanted && !transaction.broken;
    transaction.outcome = 'unknown';
    const error = this.#asked(() => this.world.end(committed));
    if (error === 'NONE') this.#finish(committed ? 'committed' : 'aborted');
    else {
      this.#finish(committed ? 'unknown' : 'aborted');
      this.#ready = false;
    }
  }

  #finish(outcome: Transaction['outcome']): void {
    this.#current.outcome = outcome;
    this.past.push(this.#current);
    this.#current = newTransaction();
  }

  /** Asks again for some seconds, as clients do; undefined: there was no answer. */
  #asked(ask: () => string | undefined): string | undefined {
    for (let attempt = 0; attempt < 20; attempt++) {
      const error = this.#tried(ask);
      if (error !== undefined && !passing.has(error)) return error;
      this.world.advance(100);
    }
    return undefined;
  }

  /** Nobody is there who could be asked. */
  #tried<T>(ask: () => T): T | undefined {
    try {
      return ask();
    } catch {
      return undefined;
    }
  }
}

const passing = new Set([
  ...['CONCURRENT_TRANSACTIONS', 'COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE'],
  ...['NOT_COORDINATOR'],
]);

const newTransaction = (): Transaction => ({ written: [], broken: false, outcome: 'open' });

/** What a consumer of what is committed gets, by the rules of KIP-98. */
function readCommitted(world: TransactionWorld, topic: string): string[] {
  const log = world.log(world.leader(topic), topic);
  const { lastStableOffset, logStartOffset } = log;
  const pending = log.producers
    .abortedWithin(logStartOffset, lastStableOffset)
    .sort((a, b) => a.firstOffset - b.firstOffset);
  const limits = { maxSizeBytes: 2 ** 30, untilOffset: lastStableOffset, atLeastOneBatch: true };
  const aborted = new Set<number>();
  const values: string[] = [];
  for (const chunk of log.read(logStartOffset, limits).chunks) {
    for (let at = 0; at < chunk.length; at += sizeOf(chunk, at)) {
      const producerId = producerIdOf(chunk, at);
      while (pending.length > 0 && pending[0]!.firstOffset <= lastOffsetOf(chunk, at)) {
        aborted.add(pending.shift()!.producerId);
      }
      if (isControl(chunk, at)) {
        if (readEndTransactionMarker(chunk, at)?.committed === false) aborted.delete(producerId);
      } else if (!isTransactional(chunk, at) || !aborted.has(producerId)) {
        values.push(...recordsOf(chunk, at)!.map(({ value }) => String(Buffer.from(value!))));
      }
    }
  }
  return values;
}

function play(steps: readonly Step[], isSlow: boolean): void {
  const client = new Client(isSlow);
  const { world } = client;
  const { cluster } = world;
  for (const { write, commit, init, crash, restart, advance } of steps) {
    const down = cluster.brokerIds.filter((brokerId) => !cluster.isRunning(brokerId));
    if (write !== undefined) client.write(topics[write]!);
    if (commit !== undefined) client.end(commit);
    if (init) client.init();
    if (crash !== undefined && down.length < 2 && !down.includes(crash)) cluster.crash(crash);
    if (restart !== undefined && down.includes(restart)) cluster.restart(restart);
    if (advance !== undefined) world.advance(advance);
  }
  for (const brokerId of cluster.brokerIds) {
    if (!cluster.isRunning(brokerId)) cluster.restart(brokerId);
  }
  world.advance(60_000);
  client.init();
  world.advance(60_000);
  const visible = new Map(topics.map((topic) => [topic, readCommitted(world, topic)]));
  for (const topic of topics) {
    const { lastStableOffset, logEndOffset, producers } = world.log(world.leader(topic), topic);
    expect(lastStableOffset).toBe(logEndOffset);
    for (const entry of producers.entries()) expect(entry.transactionFirstOffset).toBeUndefined();
    const values = visible.get(topic)!;
    expect(new Set(values).size).toBe(values.length);
  }
  for (const { written, outcome } of client.past) {
    const seen = written.filter(({ topic, value }) => visible.get(topic)!.includes(value));
    if (outcome === 'committed') expect(seen).toEqual(written);
    else if (outcome === 'aborted') expect(seen).toEqual([]);
    else expect([0, written.length]).toContain(seen.length);
  }
}

it('a transaction is there wholly or not at all, whoever dies, and none is open for ever', () => {
  const steps = fc.array(step, { maxLength: 30, size: 'max' });
  fc.assert(fc.property(steps, fc.boolean(), play), { numRuns: 60 });
});
