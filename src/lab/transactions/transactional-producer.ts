import type { RequestOf } from '../../broker/request-context.ts';
import { buildBatch } from '../../protocol/records/batch-builder.ts';
import { ZERO_UUID } from '../../protocol/types.ts';
import type { CommitIdentity } from '../groups/member-offsets.ts';
import { byTopic, keyOf } from '../groups/partition-key.ts';
import type { Heard } from '../laboratory.ts';
import type { Target } from '../producer.ts';
import { coordinatorVerdict, produceVerdict, type Verdict } from './transaction-errors.ts';
import {
  type ClientVersion,
  retryBackoffMs,
  type TransactionApi,
  TransactionWire,
  type TransactionWireOptions,
} from './transaction-wire.ts';

/** What a producer has heard that ends it. */
export interface Fencing {
  readonly brokerId: number;
  readonly api: TransactionApi;
  readonly errorCode: number;
  readonly transactionalId: string;
  readonly identity: ProducerIdentity;
}

interface TransactionalProducerOptions extends TransactionWireOptions {
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
  /** After so long a batch is given up, and with it the transaction; 0: at the first mishap. */
  readonly deliveryTimeoutMs: number;
  /** It is at its end: a broker has said so. */
  readonly fenced: (fencing: Fencing) => void;
}

export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** Whether what was asked has happened; if not, the transaction can only be aborted. */
type Done = (hasHappened: boolean) => void;

const nobody: ProducerIdentity = { producerId: -1, producerEpoch: -1 };
const noExpiry = -1;

/**
 * A transactional producer as Java's is one: it asks until it has an answer that is one, aborts
 * when it has to, and ends when it is fenced. One batch of a partition is under way at a time.
 */
export class TransactionalProducer {
  readonly wire: TransactionWire;
  readonly #options: TransactionalProducerOptions;
  readonly #sequences = new Map<string, number>();
  #identity = nobody;
  #isFenced = false;
  /** The coordinator may know of the transaction. */
  #hasBegun = false;
  /** What a batch was given up with nobody knows: it needs an epoch of its own (KIP-360). */
  #needsEpoch = false;

  constructor(options: TransactionalProducerOptions) {
    this.#options = options;
    this.wire = new TransactionWire(options);
  }

  get transactionalId(): string {
    return this.#options.transactionalId;
  }

  /** undefined: it has none yet, or is at its end. */
  get identity(): ProducerIdentity | undefined {
    const isLive = this.#options.process.isAlive && !this.#isFenced;
    return isLive && this.#identity !== nobody ? this.#identity : undefined;
  }

  get clientVersion(): ClientVersion {
    return this.#options.clientVersion;
  }

  /** It has had an epoch: no coordinator gives it another without asking for that one. */
  get isInitialised(): boolean {
    return this.#identity !== nobody;
  }

  get #bumpsEpochs(): boolean {
    return this.clientVersion === 2;
  }

  /** Whoever had the transactional id is fenced by it. */
  init(done: () => void): void {
    const { transactionalId, transactionTimeoutMs } = this.#options;
    const request = () => ({ transactionalId, transactionTimeoutMs, ...this.#identity });
    this.#ask('InitProducerId', request, errorIn, (answer) => {
      if (answer === undefined) return;
      this.#begins(answer);
      done();
    });
  }

  /** Before KIP-890 a client adds the partitions that it will write to. */
  addPartitions(targets: readonly Target[], done: Done): void {
    if (this.#bumpsEpochs) {
      done(true);
      return;
    }
    const request = () => ({
      transactions: [],
      v3AndBelowTransactionalId: this.transactionalId,
      v3AndBelowProducerId: this.#identity.producerId,
      v3AndBelowProducerEpoch: this.#identity.producerEpoch,
      v3AndBelowTopics: [...byTopic(targets.map(keyOf))].map(([name, partitions]) => ({
        ...{ name, partitions },
      })),
    });
    const errorOf = (answer: Exclude<Heard<'AddPartitionsToTxn'>, string>) =>
      firstError(
        answer.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) =>
          resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
        ),
      );
    this.#ask('AddPartitionsToTxn', request, errorOf, (answer) => {
      if (answer !== undefined) this.#hasBegun = true;
      done(answer !== undefined);
    });
  }

  /** One batch; `done` hears its offset, or undefined: it was given up. */
  send(
    target: Target,
    values: readonly string[],
    done: (offset: number | undefined) => void,
  ): void {
    const key = keyOf(target);
    const baseSequence = this.#sequences.get(key) ?? 0;
    this.#sequences.set(key, baseSequence + values.length);
    const { process, deliveryTimeoutMs } = this.#options;
    const timestampMs = process.now();
    const records = values.map((value) => ({
      value: new TextEncoder().encode(value),
      timestampMs,
    }));
    const identity = { ...this.#identity, baseSequence, transactional: true };
    const request = produceRequest(this.transactionalId, target, buildBatch(records, identity));
    if (this.#bumpsEpochs) this.#hasBegun = true;
    const giveUp = () => {
      this.#needsEpoch = true;
      done(undefined);
    };
    const attempt = () =>
      this.wire.toLeader(target, 'Produce', request, (heard) => {
        if (this.#isFenced) return;
        const answer =
          typeof heard === 'string' ? undefined : heard.responses[0]?.partitionResponses[0];
        const verdict = answer === undefined ? 'again' : produceVerdict(answer.errorCode);
        const isLate = process.now() - timestampMs >= deliveryTimeoutMs;
        if (verdict === 'done') done(answer!.baseOffset);
        else if (verdict === 'abortable' || isLate) giveUp();
        else process.after(retryBackoffMs, attempt);
      });
    attempt();
  }

  /** Offsets as part of the transaction, from who commits them as a member of its group. */
  sendOffsets(identity: CommitIdentity, offsets: ReadonlyMap<string, number>, done: Done): void {
    if (this.#bumpsEpochs) {
      this.#hasBegun = true;
      this.#commitOffsets(identity, offsets, done);
      return;
    }
    const { transactionalId } = this;
    const { groupId } = identity;
    const request = () => ({ transactionalId, ...this.#identity, groupId });
    this.#ask('AddOffsetsToTxn', request, errorIn, (answer) => {
      if (answer === undefined) {
        done(false);
        return;
      }
      this.#hasBegun = true;
      this.#commitOffsets(identity, offsets, done);
    });
  }

  /** `done` hears whether it has ended like that; if not, it can only be aborted. */
  end(committed: boolean, done: Done): void {
    const { transactionalId } = this;
    const ended = () => {
      this.#hasBegun = false;
      if (this.#needsEpoch && !this.#bumpsEpochs) this.init(() => done(true));
      else done(true);
    };
    if (!this.#hasBegun) {
      ended();
      return;
    }
    const request = () => ({ transactionalId, ...this.#identity, committed });
    this.#ask('EndTxn', request, errorIn, (answer) => {
      if (answer === undefined) {
        done(false);
        return;
      }
      if (this.#bumpsEpochs) this.#begins(answer);
      ended();
    });
  }

  #begins({ producerId, producerEpoch }: ProducerIdentity): void {
    this.#identity = { producerId, producerEpoch };
    this.#sequences.clear();
    this.#needsEpoch = false;
  }

  #commitOffsets(
    { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch }: CommitIdentity,
    offsets: ReadonlyMap<string, number>,
    done: Done,
  ): void {
    const topics = [...byTopic(offsets.keys())].map(([name, partitions]) => ({
      name,
      partitions: partitions.map((partition) => ({
        partitionIndex: partition,
        committedOffset: offsets.get(keyOf({ topic: name, partition }))!,
        committedLeaderEpoch: noExpiry,
        committedMetadata: null,
      })),
    }));
    const member = { groupId, memberId, groupInstanceId, generationId: generationIdOrMemberEpoch };
    const { transactionalId } = this;
    const request = () => ({ transactionalId, ...this.#identity, ...member, topics });
    const errorOf = (answer: Exclude<Heard<'TxnOffsetCommit'>, string>) =>
      firstError(
        answer.topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode)),
      );
    this.#ask('TxnOffsetCommit', request, errorOf, (answer) => done(answer !== undefined), groupId);
  }

  /**
   * Until there is an answer that is one. `heard` hears it, or undefined: the transaction has to be
   * aborted. `groupId`: asks the coordinator of this group instead of that of the transaction.
   */
  #ask<Name extends Exclude<TransactionApi, 'Produce' | 'Fetch' | 'FindCoordinator'>>(
    api: Name,
    request: () => RequestOf<Name>,
    errorOf: (answer: Exclude<Heard<Name>, string>) => number,
    heard: (answer: Exclude<Heard<Name>, string> | undefined) => void,
    groupId?: string,
  ): void {
    const kind = groupId === undefined ? 'transaction' : 'group';
    const key = groupId ?? this.transactionalId;
    const { process } = this.#options;
    const attempt = () =>
      this.wire.toCoordinator(kind, key, api, request, (answer, brokerId) => {
        if (this.#isFenced) return;
        const isAnswer = typeof answer !== 'string';
        const errorCode = isAnswer ? errorOf(answer as Exclude<Heard<Name>, string>) : -1;
        const verdict: Verdict = isAnswer ? coordinatorVerdict(errorCode) : 'again';
        if (verdict === 'find') this.wire.forgetCoordinator(kind);
        if (verdict === 'done') heard(answer as Exclude<Heard<Name>, string>);
        else if (verdict === 'abortable') heard(undefined);
        else if (verdict === 'fatal') this.#fence(brokerId, api, errorCode);
        else process.after(retryBackoffMs, attempt);
      });
    attempt();
  }

  #fence(brokerId: number, api: TransactionApi, errorCode: number): void {
    const { transactionalId } = this;
    this.#isFenced = true;
    this.#options.fenced({ brokerId, api, errorCode, transactionalId, identity: this.#identity });
  }
}

const errorIn = ({ errorCode }: { readonly errorCode: number }): number => errorCode;

const firstError = (errorCodes: readonly number[]): number =>
  errorCodes.find((errorCode) => errorCode !== 0) ?? 0;

const produceRequest = (
  transactionalId: string,
  { topic, partition }: Target,
  batch: Uint8Array,
): RequestOf<'Produce'> => ({
  transactionalId,
  acks: -1,
  timeoutMs: 2000,
  topicData: [
    { name: topic, topicId: ZERO_UUID, partitionData: [{ index: partition, records: [batch] }] },
  ],
});
