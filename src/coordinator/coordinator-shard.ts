import type { BrokerSettings } from '../config/broker-settings.ts';
import {
  type CoordinatorRecord,
  decodeRecord,
  encodeRecord,
} from '../protocol/coordinator-records/coordinator-record.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Random } from '../simulation/random.ts';
import { ConsumerGroups } from './consumer/consumer-groups.ts';
import type { CoordinatorEvent } from './coordinator-event.ts';
import {
  CoordinatorJournal,
  type ProducerOfRecords,
  type TransactionMarker,
} from './coordinator-journal.ts';
import type { CoordinatorLog } from './coordinator-log.ts';
import type { GroupHost, TopicsView } from './group.ts';
import { GroupOffsets } from './group-offsets.ts';
import { GroupStore } from './group-store.ts';

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
 */
export class CoordinatorShard implements GroupHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly groups: GroupStore;
  readonly consumerGroups: ConsumerGroups;
  readonly offsets: GroupOffsets;
  readonly #options: ShardOptions;
  readonly #journal: CoordinatorJournal<CoordinatorRecord>;

  constructor(options: ShardOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.random = options.random;
    this.#journal = new CoordinatorJournal(options.log, options.clock, {
      encode: encodeRecord,
      decode: decodeRecord,
      replay: (record, offset, producerId) => this.#replay(record, offset, producerId),
      replayMarker: (...marker) => this.offsets.replayMarker(...marker),
      loaded: () => this.#loaded(),
    });
    const { timeline } = this.#journal;
    this.groups = new GroupStore(this);
    this.consumerGroups = new ConsumerGroups(this, this.groups, timeline);
    this.offsets = new GroupOffsets(this, this.groups, timeline);
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
    return this.#journal.isActive;
  }

  get isLoading(): boolean {
    return this.#journal.isLoading;
  }

  emit(event: CoordinatorEvent, groupId: string): void {
    this.#options.emit(event, groupId);
  }

  write(
    records: readonly CoordinatorRecord[],
    done: (errorCode: ErrorCode) => void,
    producer?: ProducerOfRecords,
  ): void {
    const timeoutMs = this.settings.offsetsCommitTimeoutMs;
    this.#journal.write(records, { timeoutMs, producer }, done);
  }

  /** A transaction that offsets were committed in has ended. */
  endTransaction(marker: TransactionMarker, done: (errorCode: ErrorCode) => void): void {
    const tell = this.offsets.toTellOf(marker.producerId);
    this.#journal.writeMarker(marker, this.settings.offsetsCommitTimeoutMs, (errorCode) => {
      if (errorCode === ErrorCode.NONE && marker.committed) tell();
      done(errorCode);
    });
  }

  highWatermarkAdvanced(): void {
    this.#journal.highWatermarkAdvanced();
  }

  /** Topics are not what they were. */
  metadataChanged(): void {}

  /** The broker leads the partition no more. */
  unload(): void {
    const wasActive = this.isActive;
    this.#journal.unload(() => {
      this.offsets.unload();
      this.groups.unload();
    });
    const { partition } = this.#options;
    if (wasActive) this.emit({ type: 'coordinator-unloaded', partition }, '');
  }

  #loaded(): void {
    this.groups.loaded();
    this.consumerGroups.loaded();
    this.offsets.loaded();
    const { partition } = this.#options;
    this.emit({ type: 'coordinator-loaded', partition, groups: this.groups.size }, '');
  }

  #replay(record: CoordinatorRecord, offset: number, producerId: number): void {
    if (record.type === 'offset-commit') this.offsets.replay(record, offset, producerId);
    else if (record.type === 'group-metadata') this.groups.replay(record);
    else this.consumerGroups.replay(record, offset);
  }
}
