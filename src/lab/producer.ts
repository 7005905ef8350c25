import type { ResponseOf } from '../broker/request-context.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import { buildBatch } from '../protocol/records/batch-builder.ts';
import { ZERO_UUID } from '../protocol/types.ts';
import { crcOf } from './batches.ts';
import { type Laboratory, type Led, latestLed } from './laboratory.ts';

export interface Target {
  readonly topic: string;
  readonly partition: number;
}

/** What a producer knows of one batch when it is done with it. */
export interface Delivery extends Target {
  readonly value: string;
  readonly acks: number;
  readonly crc: number;
  /** `unknown`: it may be there or not, as after a timeout. */
  readonly outcome: 'acknowledged' | 'refused' | 'unknown';
  readonly baseOffset: number;
}

interface ProducerOptions {
  readonly laboratory: Laboratory;
  readonly acks: number;
  readonly idempotent: boolean;
  readonly done: (delivery: Delivery) => void;
  /** A broker does not know what this batch follows upon: the last that was acknowledged. */
  readonly outOfOrder: (batch: Target, last: Delivery | undefined, brokerId: number) => void;
}

interface Batch extends Target {
  readonly value: string;
  bytes: Uint8Array;
  /** Something was sent and not answered: from now on a refusal says nothing about it. */
  isDoubtful: boolean;
}

const keyOf = ({ topic, partition }: Target): string => `${topic}-${partition}`;

const produceVersion = 12;
const retryBackoffMs = 50;
const requestTimeoutMs = 3000;

/**
 * Says for certain that nothing was written. NOT_LEADER_OR_FOLLOWER does not: it also ends the wait
 * of what was written by a leader that leads no more.
 */
const refusal = ErrorCode.NOT_ENOUGH_REPLICAS;

/**
 * A producer of one record at a time for each partition. An idempotent one tries each batch until
 * it is acknowledged, as Kafka's does; another gives up after its first answer.
 */
export class Producer {
  readonly #options: ProducerOptions;
  readonly #producerId: number;
  readonly #queues = new Map<string, Batch[]>();
  readonly #sequences = new Map<string, number>();
  readonly #leds = new Map<string, Led>();
  readonly #lastAcknowledged = new Map<string, Delivery>();
  /** What was sent under one epoch, perhaps written, and then under another: may be there twice. */
  readonly repeated = new Set<string>();
  /** By partition: a partition begins a new one when the others need not. */
  readonly #epochs = new Map<string, number>();

  constructor(producerId: number, options: ProducerOptions) {
    this.#producerId = producerId;
    this.#options = options;
  }

  /** How many batches wait for their end. */
  get pending(): number {
    let sum = 0;
    for (const queue of this.#queues.values()) sum += queue.length;
    return sum;
  }

  produce({ topic, partition }: Target, value: string): void {
    const batch = { topic, partition, value, bytes: new Uint8Array(), isDoubtful: false };
    const key = keyOf(batch);
    const sequence = this.#sequences.get(key) ?? 0;
    this.#sequences.set(key, sequence + 1);
    this.#encode(batch, sequence);
    const queue = this.#queues.get(key) ?? [];
    this.#queues.set(key, queue);
    queue.push(batch);
    if (queue.length === 1) this.#send(queue, batch);
  }

  #send(queue: Batch[], batch: Batch): void {
    const { laboratory, acks } = this.#options;
    const { topic, partition, bytes } = batch;
    const key = keyOf(batch);
    const led = latestLed(this.#leds.get(key), laboratory.leaderInSight(topic, partition));
    if (led === undefined) {
      this.#retry(queue, batch);
      return;
    }
    this.#leds.set(key, led);
    const request = {
      transactionalId: null,
      acks,
      timeoutMs: requestTimeoutMs,
      topicData: [
        {
          name: topic,
          topicId: ZERO_UUID,
          partitionData: [{ index: partition, records: [bytes] }],
        },
      ],
    };
    const answered = (response: ResponseOf<'Produce'> | undefined) =>
      this.#answered(queue, batch, response);
    laboratory.send(led.leader, 'Produce', request, answered, produceVersion);
  }

  #answered(queue: Batch[], batch: Batch, response: ResponseOf<'Produce'> | undefined): void {
    const answer = response?.responses[0]?.partitionResponses[0];
    if (answer?.errorCode === ErrorCode.NONE) {
      this.#end(queue, batch, 'acknowledged', answer.baseOffset);
      return;
    }
    if (answer?.errorCode !== refusal) batch.isDoubtful = true;
    if (answer?.errorCode === ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER) {
      const key = keyOf(batch);
      const { leader } = this.#leds.get(key)!;
      this.#options.outOfOrder(batch, this.#lastAcknowledged.get(key), leader);
      this.repeated.add(batch.value);
      this.#startAnew(queue);
      return;
    }
    const isGone = answer?.errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    const isHopeless = isGone && !this.#options.laboratory.hasTopic(batch.topic);
    if (this.#options.idempotent && !isHopeless) this.#retry(queue, batch);
    else this.#end(queue, batch, batch.isDoubtful ? 'unknown' : 'refused', -1);
  }

  #retry(queue: Batch[], batch: Batch): void {
    if (!this.#options.idempotent && batch.isDoubtful) {
      this.#end(queue, batch, 'unknown', -1);
      return;
    }
    this.#options.laboratory.cluster.clock.after(retryBackoffMs, () => this.#send(queue, batch));
  }

  /** As Kafka's producer after a loss: the rest of the queue in a new epoch, from sequence 0 on. */
  #startAnew(queue: Batch[]): void {
    const key = keyOf(queue[0]!);
    this.#epochs.set(key, (this.#epochs.get(key) ?? 0) + 1);
    for (const [index, batch] of queue.entries()) this.#encode(batch, index);
    this.#sequences.set(key, queue.length);
    this.#send(queue, queue[0]!);
  }

  #encode(batch: Batch, sequence: number): void {
    const { laboratory, idempotent } = this.#options;
    const value = new TextEncoder().encode(batch.value);
    const identity = {
      producerId: this.#producerId,
      producerEpoch: this.#epochs.get(keyOf(batch)) ?? 0,
      baseSequence: sequence,
    };
    const record = { value, timestampMs: laboratory.nowMs };
    batch.bytes = buildBatch([record], idempotent ? identity : {});
  }

  #end(queue: Batch[], batch: Batch, outcome: Delivery['outcome'], baseOffset: number): void {
    const { topic, partition, value, bytes } = batch;
    const { acks, done } = this.#options;
    const crc = crcOf(bytes, 0);
    const delivery = { topic, partition, value, acks, crc, outcome, baseOffset };
    if (outcome === 'acknowledged') this.#lastAcknowledged.set(keyOf(batch), delivery);
    done(delivery);
    queue.shift();
    const next = queue[0];
    if (next !== undefined) this.#send(queue, next);
  }
}
