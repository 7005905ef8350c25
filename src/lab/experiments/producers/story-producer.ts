import type { ResponseOf } from '../../../broker/request-context.ts';
import { buildBatch } from '../../../protocol/records/batch-builder.ts';
import { ZERO_UUID } from '../../../protocol/types.ts';
import type { CommitIdentity } from '../../groups/member-offsets.ts';
import type { Fact, Facts } from '../facts.ts';
import { type Stage, topic } from '../stage.ts';
import type { ProducerSettings } from './producer-settings.ts';
import { type Manner, ProducerWire } from './producer-wire.ts';

interface Place {
  readonly topic: string;
  readonly partition: number;
}

export interface Written extends Place {
  readonly value: string;
  /** NaN: it has not been told. */
  readonly offset: number;
}

interface ProducerOptions {
  readonly stage: Stage;
  readonly name: string;
  readonly settings: ProducerSettings;
}

/** What clients speak before KIP-890, and with it: then brokers add partitions by themselves. */
const clientVersions = {
  1: { produce: 11, endTxn: 4, txnOffsetCommit: 4 },
  2: { produce: 12, endTxn: 5, txnOffsetCommit: 5 },
} as const;

const produceTimeoutMs = 30_000;

/** Answers after which a transaction that was to be committed is not. */
const refusals: readonly Fact[] = [
  'INVALID_PRODUCER_EPOCH',
  'INVALID_TXN_STATE',
  'PRODUCER_FENCED',
];

/** A producer whose id the cluster has given, with transactions if it has a transactional id. */
export class StoryProducer {
  readonly #options: ProducerOptions;
  readonly #wire: ProducerWire;
  #producerId = -1;
  #producerEpoch = -1;
  readonly #sequences = new Map<string, number>();
  /** The partitions that it has made part of its transaction. */
  readonly #added = new Set<string>();
  /** What it has sent in its transaction. */
  #open: Written[] = [];
  /** What it takes for written, and what for not: in a transaction only when that has ended. */
  readonly written: Written[] = [];
  readonly aborted: Written[] = [];

  constructor(options: ProducerOptions) {
    this.#options = options;
    this.#wire = new ProducerWire(options.stage);
  }

  /** Gets its id and epoch. */
  init(manner: Manner = {}): Facts {
    const { stage, settings } = this.#options;
    const { transactionTimeoutMs } = settings;
    const nobody = { producerId: -1, producerEpoch: -1 };
    const anyone = () => stage.image().leader;
    const asked = {
      api: 'InitProducerId',
      apiVersion: 5,
      broker: this.#transactionalId === null ? anyone : this.#coordinator,
      request: { transactionalId: this.#transactionalId, transactionTimeoutMs, ...nobody },
      errorOf,
    } as const;
    const { response, facts } = this.#wire.ask(asked, manner);
    if (facts.error !== 'NONE') return facts;
    this.#become(response!);
    return { ...facts, producerEpoch: this.#producerEpoch };
  }

  /** One record. A client of before KIP-890 says first that the partition is part of it. */
  write(value: string, place: Place, manner: Manner = {}): Facts {
    const { stage } = this.#options;
    const added = this.#addsPartitions ? this.addPartition(place) : undefined;
    if (added !== undefined && added.error !== 'NONE') return added;
    const asked = {
      api: 'Produce',
      apiVersion: this.#versions.produce,
      broker: () => stage.image(place.partition, place.topic).leader,
      request: this.#produceRequest(value, place),
      errorOf: (response: ResponseOf<'Produce'>) => answerTo(response).errorCode,
    } as const;
    const { response, facts } = this.#wire.ask(asked, { once: true, ...manner });
    const isIn = facts.error === 'NONE';
    const offset = isIn ? answerTo(response!).baseOffset : Number.NaN;
    const written = { ...place, value, offset };
    if (isIn && place.topic === topic) stage.clients.sightings.push(written);
    if (this.#transactionalId !== null) this.#open.push(written);
    else if (isIn) this.written.push(written);
    return isIn ? { ...facts, baseOffset: offset } : facts;
  }

  /** Unless it is part of the transaction. */
  addPartition(place: Place, manner: Manner = {}): Facts {
    if (this.#added.has(keyOf(place))) return { error: 'NONE' };
    const { transactionalId, producerId, producerEpoch } = this.#identity;
    const asked = {
      api: 'AddPartitionsToTxn',
      apiVersion: 3,
      broker: this.#coordinator,
      request: {
        transactions: [],
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: [{ name: place.topic, partitions: [place.partition] }],
      },
      errorOf: ({ resultsByTopicV3AndBelow: [result] }: ResponseOf<'AddPartitionsToTxn'>) =>
        result!.resultsByPartition[0]!.partitionErrorCode,
    } as const;
    const { facts } = this.#wire.ask(asked, manner);
    if (facts.error === 'NONE') this.#added.add(keyOf(place));
    return facts;
  }

  /** Makes the offsets of the group part of the transaction. */
  sendOffsets(identity: CommitIdentity, offsets: ReadonlyMap<number, number>): Facts {
    const { groupId } = identity;
    if (this.#addsPartitions) {
      const request = { ...this.#identity, groupId };
      const broker = this.#coordinator;
      const asked = { api: 'AddOffsetsToTxn', apiVersion: 4, broker, request, errorOf } as const;
      const { facts } = this.#wire.ask(asked, {});
      if (facts.error !== 'NONE') return facts;
    }
    const { members } = this.#options.stage;
    const asked = {
      api: 'TxnOffsetCommit',
      apiVersion: this.#versions.txnOffsetCommit,
      broker: () => members.coordinator?.brokerId ?? -1,
      request: { ...this.#identity, ...this.#committer(identity), topics: topicsOf(offsets) },
      errorOf: ({ topics }: ResponseOf<'TxnOffsetCommit'>) => topics[0]!.partitions[0]!.errorCode,
    } as const;
    return this.#wire.ask(asked, {}).facts;
  }

  /** Commits its transaction, or aborts it. */
  end(committed: boolean, manner: Manner = {}): Facts {
    const asked = {
      api: 'EndTxn',
      apiVersion: this.#versions.endTxn,
      broker: this.#coordinator,
      request: { ...this.#identity, committed },
      errorOf,
    } as const;
    const { response, facts } = this.#wire.ask(asked, manner);
    const isRefused = refusals.includes(facts.error ?? null);
    if (facts.error !== 'NONE' && !isRefused) return facts;
    (committed && !isRefused ? this.written : this.aborted).push(...this.#open);
    this.#open = [];
    this.#added.clear();
    // Before KIP-890 the epoch, and with it the sequence numbers, go on.
    if (isRefused || this.#addsPartitions) return facts;
    this.#become(response!);
    return { ...facts, producerEpoch: this.#producerEpoch };
  }

  /** What the network has kept arrives. */
  release(): Facts {
    return this.#wire.release();
  }

  get #transactionalId(): string | null {
    const { settings, name } = this.#options;
    if (settings.transactionalId === 'none') return null;
    return settings.transactionalId === 'its own' ? name : settings.transactionalId;
  }

  get #identity() {
    const transactionalId = this.#transactionalId ?? '';
    return { transactionalId, producerId: this.#producerId, producerEpoch: this.#producerEpoch };
  }

  get #versions() {
    return clientVersions[this.#options.stage.transactionVersion];
  }

  get #addsPartitions(): boolean {
    return this.#transactionalId !== null && this.#options.stage.transactionVersion < 2;
  }

  readonly #coordinator = () =>
    this.#options.stage.transactionCoordinator(this.#identity.transactionalId);

  /** Each epoch has sequence numbers of its own. */
  #become({ producerId, producerEpoch }: { producerId: number; producerEpoch: number }): void {
    this.#producerId = producerId;
    this.#producerEpoch = producerEpoch;
    this.#sequences.clear();
  }

  #committer({ groupId, memberId, groupInstanceId, ...of }: CommitIdentity) {
    return this.#options.settings.commitsAs === 'the member'
      ? { groupId, memberId, groupInstanceId, generationId: of.generationIdOrMemberEpoch }
      : { groupId, memberId: '', groupInstanceId: null, generationId: -1 };
  }

  #produceRequest(value: string, place: Place) {
    const baseSequence = this.#sequences.get(keyOf(place)) ?? 0;
    this.#sequences.set(keyOf(place), baseSequence + 1);
    const { producerId, producerEpoch } = this.#identity;
    const transactional = this.#transactionalId !== null;
    const origin = { producerId, producerEpoch, baseSequence, transactional };
    const record = { value: new TextEncoder().encode(value), timestampMs: 0 };
    const partitionData = [{ index: place.partition, records: [buildBatch([record], origin)] }];
    return {
      transactionalId: this.#transactionalId,
      acks: -1,
      timeoutMs: produceTimeoutMs,
      topicData: [{ name: place.topic, topicId: ZERO_UUID, partitionData }],
    };
  }
}

const errorOf = ({ errorCode }: { readonly errorCode: number }): number => errorCode;

const answerTo = (response: ResponseOf<'Produce'>) => response.responses[0]!.partitionResponses[0]!;

const keyOf = (place: Place): string => `${place.topic}-${place.partition}`;

const topicsOf = (offsets: ReadonlyMap<number, number>) => [
  {
    name: topic,
    partitions: [...offsets].map(([partitionIndex, committedOffset]) => ({
      partitionIndex,
      committedOffset,
      committedLeaderEpoch: -1,
      committedMetadata: null,
    })),
  },
];
