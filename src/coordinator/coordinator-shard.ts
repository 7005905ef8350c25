import { assert } from '../assert.ts';
import type { BrokerSettings } from '../config/broker-settings.ts';
import {
  type CoordinatorRecord,
  decodeRecord,
  encodeRecord,
} from '../protocol/coordinator-records/coordinator-record.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import { buildBatch } from '../protocol/records/batch-builder.ts';
import { recordsOf } from '../protocol/records/batch-records.ts';
import { sizeOf } from '../protocol/records/record-batch.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Random } from '../simulation/random.ts';
import { ConsumerGroups } from './consumer/consumer-groups.ts';
import type { CoordinatorEvent } from './coordinator-event.ts';
import type { CoordinatorLog } from './coordinator-log.ts';
import type { GroupHost, TopicsView } from './group.ts';
import { GroupOffsets } from './group-offsets.ts';
import { GroupStore } from './group-store.ts';
import { PendingWrites } from './pending-writes.ts';
import { Timeline } from './timeline-map.ts';

interface ShardOptions {
  readonly partition: number;
  readonly log: CoordinatorLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: () => BrokerSettings;
  readonly topics: () => TopicsView;
  readonly groupConfig: (groupId: string, name: string) => number;
  readonly emit: (event: CoordinatorEvent, groupId: string) => void;
}

/**
 * What one partition of `__consumer_offsets` says, kept by the broker that leads it: groups and
 * their offsets. It is changed by replaying records alone, the same when they are read at the start
 * as when they are written; only what classic groups keep beside it dies with the coordinator.
 *
 * Loading  answers nobody; ends when the log has been read.
 * Active   ends when the broker leads the partition no more.
 * Unloaded never ends: the next leader has the groups.
 */
export class CoordinatorShard implements GroupHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly groups: GroupStore;
  readonly consumerGroups: ConsumerGroups;
  readonly offsets: GroupOffsets;
  readonly #options: ShardOptions;
  readonly #timeline = new Timeline();
  readonly #pending: PendingWrites;
  #state: 'Loading' | 'Active' | 'Unloaded' = 'Loading';
  #looksSoon = false;

  constructor(options: ShardOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.random = options.random;
    this.#pending = new PendingWrites(options.clock);
    this.groups = new GroupStore(this);
    this.consumerGroups = new ConsumerGroups(this, this.groups, this.#timeline);
    this.offsets = new GroupOffsets(this, this.groups, this.#timeline);
    // In an event of its own, so that whatever the broker is in the middle of is over.
    this.clock.after(0, () => this.#load());
  }

  get settings(): BrokerSettings {
    return this.#options.settings();
  }

  get topics(): TopicsView {
    return this.#options.topics();
  }

  groupConfig(groupId: string, name: string): number {
    return this.#options.groupConfig(groupId, name);
  }

  get isActive(): boolean {
    return this.#state === 'Active';
  }

  get isLoading(): boolean {
    return this.#state === 'Loading';
  }

  emit(event: CoordinatorEvent, groupId: string): void {
    this.#options.emit(event, groupId);
  }

  write(records: readonly CoordinatorRecord[], done: (errorCode: ErrorCode) => void): void {
    assert(this.isActive, 'a shard writes while it is active');
    const { log } = this.#options;
    const timeoutMs = this.settings.offsetsCommitTimeoutMs;
    if (records.length === 0) {
      this.#pending.add(log.logEndOffset, timeoutMs, done);
      this.highWatermarkAdvanced();
      return;
    }
    const timestampMs = this.clock.now();
    const encoded = records.map((record) => ({ ...encodeRecord(record), timestampMs }));
    const { errorCode, lastOffset } = log.append(buildBatch(encoded));
    if (errorCode !== ErrorCode.NONE) {
      this.clock.after(0, () => done(errorCode));
      return;
    }
    const baseOffset = lastOffset - (records.length - 1);
    records.forEach((record, index) => {
      this.#replay(record, baseOffset + index);
    });
    this.#pending.add(lastOffset + 1, timeoutMs, done);
    this.highWatermarkAdvanced();
  }

  /** Looks in an event of its own, for it may be told in the middle of an append. */
  highWatermarkAdvanced(): void {
    if (this.#looksSoon) return;
    this.#looksSoon = true;
    this.clock.after(0, () => {
      this.#looksSoon = false;
      if (!this.isActive) return;
      const { highWatermark } = this.#options.log;
      this.#timeline.commit(highWatermark);
      this.#pending.commit(highWatermark);
    });
  }

  /** Topics are not what they were. */
  metadataChanged(): void {}

  /** The broker leads the partition no more. */
  unload(): void {
    const wasActive = this.isActive;
    this.#state = 'Unloaded';
    this.offsets.unload();
    this.groups.unload();
    this.#pending.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    const { partition } = this.#options;
    if (wasActive) this.emit({ type: 'coordinator-unloaded', partition }, '');
  }

  #load(): void {
    if (!this.isLoading) return;
    const { log, partition } = this.#options;
    this.#timeline.commit(log.highWatermark);
    let offset = log.logStartOffset;
    while (offset < log.logEndOffset) {
      const { chunks, nextOffset } = log.read(offset);
      if (nextOffset <= offset) break;
      for (const chunk of chunks) this.#replayBatches(chunk);
      offset = nextOffset;
    }
    this.#state = 'Active';
    this.groups.loaded();
    this.consumerGroups.loaded();
    this.offsets.loaded();
    this.emit({ type: 'coordinator-loaded', partition, groups: this.groups.size }, '');
  }

  #replayBatches(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += sizeOf(bytes, at)) {
      for (const { key, value, offset, control } of recordsOf(bytes, at) ?? []) {
        if (control || key === null) continue;
        // A view of the log is never written to, but it would keep its whole block alive.
        const record = decodeRecord(key, value && new Uint8Array(value));
        if (record !== undefined) this.#replay(record, offset);
      }
    }
  }

  #replay(record: CoordinatorRecord, offset: number): void {
    if (record.type === 'offset-commit') this.offsets.replay(record, offset);
    else if (record.type === 'group-metadata') this.groups.replay(record);
    else this.consumerGroups.replay(record, offset);
  }
}
