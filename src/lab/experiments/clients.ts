import type { ResponseOf } from '../../broker/request-context.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import { buildBatch } from '../../protocol/records/batch-builder.ts';
import { partitionForKey } from '../../protocol/records/partition-for-key.ts';
import { ZERO_UUID } from '../../protocol/types.ts';
import { crcOf, identityOf, textOf } from '../batches.ts';
import type { Heard } from '../laboratory.ts';
import { batchesIn } from '../visible-batches.ts';
import type { Epoch, Offset, Role } from './cast.ts';
import type { Facts } from './facts.ts';
import { errorName, type Stage, topic } from './stage.ts';
import { visibleRecords } from './visible-records.ts';

type Acks = -1 | 0 | 1;

export interface Produced {
  /** Of the one record; experiments tell records apart by it. */
  readonly value: string;
  readonly partition?: number;
  /** Instead of a partition: records of one key go to one partition. */
  readonly key?: string;
  /** By default what the way says. */
  readonly acks?: Acks;
  /** By default whom the controller names. */
  readonly to?: Role;
  /** How large the record is made, if that matters. */
  readonly sizeBytes?: number;
  /** `request.timeout.ms`; Kafka's own by default. */
  readonly timeoutMs?: number;
}

export interface Read {
  readonly partition?: number;
  /** By default `n`: what was there before is of no interest. */
  readonly from?: Offset;
  /** By default whom the controller names. */
  readonly at?: Role;
  /** The leader epoch the consumer knows of; by default it does not say. */
  readonly epoch?: Epoch;
  /** The epoch of the last record it has read; by default it does not say. */
  readonly lastEpoch?: Epoch;
  /** `isolation.level`; uncommitted by default, and then of no effect. */
  readonly isolation?: 'read_committed' | 'read_uncommitted';
}

/** One attempt to write one record, and what the producer heard. */
interface Attempt {
  readonly value: string;
  readonly partition: number;
  readonly acks: Acks;
  readonly timeoutMs: number;
  readonly bytes: Uint8Array;
  /** The broker asked, or -1. */
  brokerId: number;
  sentAtMs: number;
  answer: Facts | undefined;
}

interface ClientDefaults {
  readonly acks: Acks;
  readonly idempotent: boolean;
  /** Of what may be under way before something is acknowledged. */
  readonly maxInFlight: number;
}

/** What a producer takes for written; where, if it was told. */
interface Believed {
  readonly partition: number;
  readonly value: string;
  readonly offset: number;
}

/** Whoever is told that an offset of a partition holds a value. */
export interface Sighting {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

const produceVersion = 12;
const fetchVersion = 12;
/** None that a broker gives out. */
const producerId = 1_000_000;
const requestTimeoutMs = 30_000;
/** The client waits a little longer than the broker: what it says is what we want to see. */
const graceMs = 5000;

/** A producer and a consumer, and all that they have ever been told. */
export class Clients {
  /** Everything that was ever acknowledged or read. */
  readonly sightings: Sighting[] = [];
  readonly #stage: Stage;
  readonly #defaults: ClientDefaults;
  readonly #attempts: Attempt[] = [];
  /** What may not be under way yet. */
  readonly #waiting: (() => void)[] = [];
  readonly #sequences = new Map<number, number>();
  readonly #byKey = new Map<string, readonly string[]>();

  constructor(stage: Stage, defaults: ClientDefaults) {
    this.#stage = stage;
    this.#defaults = defaults;
    stage.cluster.onBrokerState((brokerId, state) => {
      if (state === 'stopped') this.#disconnected(brokerId);
    });
  }

  /** What a producer took for written: acknowledged, or sent without asking for an answer. */
  believed(): Believed[] {
    return this.#attempts
      .filter(({ acks, answer }) => acks === 0 || answer?.error === 'NONE')
      .map(({ partition, value, answer }) => {
        return { partition, value, offset: Number(answer?.baseOffset ?? Number.NaN) };
      });
  }

  /** The values of each key, in the order in which they were sent. */
  sentByKey(): ReadonlyMap<string, readonly string[]> {
    return this.#byKey;
  }

  /** To which partition. */
  produce({ value, key, to, sizeBytes = 0, ...options }: Produced): number {
    const { acks = this.#defaults.acks, timeoutMs = requestTimeoutMs } = options;
    const partition = key === undefined ? (options.partition ?? 0) : this.#partitionOf(key);
    if (key !== undefined) this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), value]);
    const bytes = this.#encode(value.padEnd(sizeBytes), partition);
    this.#waiting.push(() =>
      this.#send({ ...newAttempt, value, partition, acks, timeoutMs, bytes }, to),
    );
    this.#sendWaiting();
    return partition;
  }

  /** Sends the very same batch once more, as a producer does that has heard nothing good. */
  retry(value: string, partition = 0, to?: Role): void {
    this.#send({ ...this.#last(value, partition), ...newAttempt }, to);
  }

  isSettled(value: string, partition = 0): boolean {
    return this.#last(value, partition).answer !== undefined;
  }

  /** What was said to the last attempt to write `value`; waits for it. */
  answer(value: string, partition = 0): Facts {
    const attempt = this.#last(value, partition);
    this.#stage.until(() => attempt.answer !== undefined);
    return attempt.answer!;
  }

  /** One Fetch of a consumer. */
  read({ partition = 0, from = 'n', at, epoch = -1, lastEpoch = -1, isolation }: Read): Facts {
    const { cast, laboratory } = this.#stage;
    const brokerId = at === undefined ? this.#stage.image(partition).leader : cast.node(at);
    if (brokerId < 0) return { error: 'LEADER_NOT_AVAILABLE' };
    const request = {
      ...emptyFetch,
      isolationLevel: isolation === 'read_committed' ? 1 : 0,
      topics: [
        {
          topic,
          topicId: ZERO_UUID,
          partitions: [
            {
              partition,
              currentLeaderEpoch: cast.epoch(epoch),
              fetchOffset: cast.offset(from),
              lastFetchedEpoch: cast.epoch(lastEpoch),
              logStartOffset: -1,
              partitionMaxBytes: 1 << 20,
              replicaDirectoryId: ZERO_UUID,
              highWatermark: -1,
            },
          ],
        },
      ],
    };
    let heard: Heard<'Fetch'> | undefined;
    const exchange = { apiVersion: fetchVersion, timeoutMs: requestTimeoutMs };
    laboratory.exchange(brokerId, 'Fetch', request, exchange, (answer) => (heard = answer));
    this.#stage.until(() => heard !== undefined);
    if (typeof heard === 'string') return { heard: inWords[heard] };
    const data = heard!.responses[0]!.partitions[0]!;
    const values = this.#take(partition, cast.offset(from), data);
    const { errorCode, highWatermark, lastStableOffset, divergingEpoch } = data;
    const stable = isolation === undefined ? {} : { lastStableOffset };
    const told = { error: errorName(errorCode), values, highWatermark, ...stable };
    return divergingEpoch === null ? told : { ...told, divergingEpoch };
  }

  #take(partition: number, from: number, data: FetchedData): string[] {
    const { records, abortedTransactions } = data;
    const batches = [...batchesIn(records ?? [])];
    const { invariants } = this.#stage;
    for (const { chunk, at } of batches) {
      const batch = identityOf(chunk, at);
      if (batch.lastOffset < from) continue;
      this.#stage.watch(() => invariants.partition(topic, partition)?.served(batch));
    }
    const values: string[] = [];
    for (const { offset, value } of visibleRecords(batches, abortedTransactions ?? [])) {
      if (offset < from) continue;
      const text = textOf(value).trimEnd();
      this.sightings.push({ partition, offset, value: text });
      values.push(text);
    }
    return values;
  }

  #partitionOf = (key: string): number =>
    partitionForKey(new TextEncoder().encode(key), this.#stage.partitionCount);

  #encode(value: string, partition: number): Uint8Array {
    const record = { value: new TextEncoder().encode(value), timestampMs: 0 };
    if (!this.#defaults.idempotent) return buildBatch([record]);
    const baseSequence = this.#sequences.get(partition) ?? 0;
    this.#sequences.set(partition, baseSequence + 1);
    return buildBatch([record], { producerId, producerEpoch: 0, baseSequence });
  }

  #sendWaiting(): void {
    while (this.#waiting.length > 0 && this.#inFlight < this.#defaults.maxInFlight) {
      this.#waiting.shift()!();
    }
  }

  /** Sent, and not acknowledged so far. */
  get #inFlight(): number {
    if (this.#defaults.maxInFlight === Number.POSITIVE_INFINITY) return 0;
    const last = new Map(this.#attempts.map((each) => [`${each.partition} ${each.value}`, each]));
    return [...last.values()].filter(({ answer }) => answer?.error !== 'NONE').length;
  }

  #send(attempt: Attempt, to: Role | undefined): void {
    const { cast, laboratory } = this.#stage;
    const { partition, acks, timeoutMs, bytes } = attempt;
    this.#attempts.push(attempt);
    attempt.sentAtMs = laboratory.nowMs;
    attempt.brokerId = to === undefined ? this.#stage.image(partition).leader : cast.node(to);
    if (attempt.brokerId < 0) {
      attempt.answer = { error: 'LEADER_NOT_AVAILABLE' };
      return;
    }
    const partitionData = [{ index: partition, records: [bytes.slice()] }];
    const request = {
      transactionalId: null,
      acks,
      timeoutMs,
      topicData: [{ name: topic, topicId: ZERO_UUID, partitionData }],
    };
    const exchange = { apiVersion: produceVersion, timeoutMs: timeoutMs + graceMs };
    laboratory.exchange(attempt.brokerId, 'Produce', request, exchange, (heard) =>
      this.#heard(attempt, heard),
    );
  }

  #heard(attempt: Attempt, heard: Heard<'Produce'>): void {
    if (attempt.answer !== undefined) return;
    const tookMs = this.#stage.laboratory.nowMs - attempt.sentAtMs;
    attempt.answer = { ...this.#toldOf(attempt, heard), tookMs };
    this.#sendWaiting();
  }

  #toldOf(attempt: Attempt, heard: Heard<'Produce'>): Facts {
    if (typeof heard === 'string') return { heard: inWords[heard] };
    const { errorCode, baseOffset, currentLeader } = answerOf(heard);
    const hint = currentLeader === null ? {} : { currentLeader: hintOf(currentLeader) };
    const told = { error: errorName(errorCode), baseOffset, ...hint };
    if (errorCode !== ErrorCode.NONE) return told;
    const { value, partition, acks, bytes } = attempt;
    this.sightings.push({ partition, offset: baseOffset, value });
    if (acks !== -1) return told;
    const { invariants } = this.#stage;
    const acknowledged = { baseOffset, crc: crcOf(bytes, 0) };
    this.#stage.watch(() => invariants.partition(topic, partition)?.acknowledged(acknowledged));
    return told;
  }

  /** The end of a process is the end of its connections. */
  #disconnected(brokerId: number): void {
    for (const attempt of this.#attempts) {
      const isWaiting = attempt.brokerId === brokerId && attempt.answer === undefined;
      if (isWaiting) this.#heard(attempt, 'closed');
    }
  }

  #last(value: string, partition: number): Attempt {
    const isIt = (attempt: Attempt) => attempt.value === value && attempt.partition === partition;
    return this.#attempts.findLast(isIt)!;
  }
}

const inWords = {
  silence: 'nothing',
  closed: 'the end of the connection',
  'timed out': 'nothing in time',
} as const;

const newAttempt = { brokerId: -1, sentAtMs: 0, answer: undefined };

const emptyFetch = {
  clusterId: null,
  replicaId: -1,
  replicaState: { replicaId: -1, replicaEpoch: -1 },
  maxWaitMs: 0,
  minBytes: 1,
  maxBytes: 1 << 20,
  isolationLevel: 0,
  sessionId: 0,
  sessionEpoch: -1,
  forgottenTopicsData: [],
  rackId: '',
};

type FetchedData = ResponseOf<'Fetch'>['responses'][number]['partitions'][number];

const answerOf = (response: ResponseOf<'Produce'>) => response.responses[0]!.partitionResponses[0]!;

const hintOf = ({ leaderId, leaderEpoch }: { leaderId: number; leaderEpoch: number }) => ({
  leader: leaderId,
  leaderEpoch,
});
