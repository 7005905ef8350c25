import { ErrorCode } from '../protocol/error-code.ts';
import { recordsOf } from '../protocol/records/batch-records.ts';
import { lastOffsetOf, sizeOf } from '../protocol/records/record-batch.ts';
import { ZERO_UUID } from '../protocol/types.ts';
import { type BatchIdentity, identityOf, textOf } from './batches.ts';
import { type Laboratory, type Led, latestLed } from './laboratory.ts';
import type { Target } from './producer.ts';

interface ConsumerOptions {
  readonly laboratory: Laboratory;
  readonly served: (target: Target, batch: BatchIdentity) => void;
}

const fetchVersion = 12;

/** Reads one partition from its start on, one Fetch after another, each when it is told to. */
export class Consumer {
  readonly target: Target;
  readonly values: string[] = [];
  readonly #options: ConsumerOptions;
  #position = 0;
  #isFetching = false;
  #led: Led | undefined;

  constructor(target: Target, options: ConsumerOptions) {
    this.target = target;
    this.#options = options;
  }

  get position(): number {
    return this.#position;
  }

  fetch(): void {
    const { laboratory } = this.#options;
    const { topic, partition } = this.target;
    if (this.#isFetching) return;
    this.#led = latestLed(this.#led, laboratory.leaderInSight(topic, partition));
    if (this.#led === undefined) return;
    this.#isFetching = true;
    const request = {
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: -1, replicaEpoch: -1 },
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 1 << 20,
      isolationLevel: 0,
      sessionId: 0,
      sessionEpoch: -1,
      topics: [{ topic, topicId: ZERO_UUID, partitions: [this.#fetchPartition(partition)] }],
      forgottenTopicsData: [],
      rackId: '',
    };
    laboratory.send(
      this.#led.leader,
      'Fetch',
      request,
      (response) => {
        this.#isFetching = false;
        const data = response?.responses[0]?.partitions[0];
        if (data?.errorCode === ErrorCode.NONE) this.#read(data.records ?? []);
      },
      fetchVersion,
    );
  }

  #fetchPartition(partition: number) {
    return {
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: this.#position,
      lastFetchedEpoch: -1,
      logStartOffset: -1,
      partitionMaxBytes: 1 << 20,
      replicaDirectoryId: ZERO_UUID,
      highWatermark: -1,
    };
  }

  #read(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += sizeOf(chunk, at)) {
        const lastOffset = lastOffsetOf(chunk, at);
        if (lastOffset < this.#position) continue;
        this.#options.served(this.target, identityOf(chunk, at));
        for (const { value } of recordsOf(chunk, at) ?? []) {
          this.values.push(textOf(value));
        }
        this.#position = lastOffset + 1;
      }
    }
  }
}
