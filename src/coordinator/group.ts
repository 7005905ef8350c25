import type { BrokerSettings } from '../config/broker-settings.ts';
import type { CoordinatorRecord } from '../protocol/coordinator-records/coordinator-record.ts';
import type { ErrorCode } from '../protocol/error-code.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Random } from '../simulation/random.ts';
import type { ClassicStateName } from './classic-state.ts';
import type { ConsumerGroupState } from './consumer/consumer-group.ts';
import type { CoordinatorEvent } from './coordinator-event.ts';
import type { ProducerOfRecords } from './coordinator-journal.ts';
import type { Extent } from './timeline-map.ts';

/** What a coordinator sees of the cluster. */
export interface TopicsView {
  /** Grows with every change of the cluster. */
  readonly offset: number;
  readonly topicsById: ReadonlyMap<string, TopicView>;
  readonly topicsByName: ReadonlyMap<string, TopicView>;
  readonly brokers: ReadonlyMap<number, { readonly rack: string | null }>;
}

export interface TopicView {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly { readonly replicas: readonly number[] }[];
}

/** What a group needs of the broker that coordinates it. */
export interface GroupHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: BrokerSettings;
  readonly topics: TopicsView;
  /** One of the group's own configs, or what the broker has in its place. */
  groupConfig(groupId: string, name: string): number;
  /** False once another broker may coordinate the group: then nothing of it may act any more. */
  readonly isActive: boolean;
  /**
   * Writes the records in one batch and makes them so at once, or does neither. `done` hears, in a
   * later event, that they are committed, or why they may not be.
   */
  write(
    records: readonly CoordinatorRecord[],
    done: (errorCode: ErrorCode) => void,
    producer?: ProducerOfRecords,
  ): void;
  emit(event: CoordinatorEvent, groupId: string): void;
}

/** Who commits or reads offsets, as the request says it. */
export interface OffsetClient {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  /** -1: no member at all. */
  readonly generationIdOrMemberEpoch: number;
  /** It commits as part of a transaction, which needs no member. */
  readonly isTransactional?: boolean;
}

/** One answer for the whole request, or one for each partition (KIP-1251). */
export type CommitCheck = ErrorCode | ((topicId: string, partition: number) => ErrorCode);

/** Of a classic group, or of a consumer group (KIP-848), as clients print it. */
export type GroupState = ClassicStateName | ConsumerGroupState;

/** Kinds of groups differ in how members come to their partitions; of the rest each has its own. */
export interface Group {
  readonly groupId: string;
  readonly type: 'classic' | 'consumer';
  readonly protocolType: string;
  readonly stateName: GroupState;
  readonly isEmpty: boolean;
  validateOffsetCommit(client: OffsetClient, apiVersion: number): CommitCheck;
  /** A commit of a member was accepted. */
  offsetCommitted(memberId: string): void;
  validateOffsetFetch(memberId: string, memberEpoch: number, extent: Extent): ErrorCode;
  validateOffsetDelete(): ErrorCode;
  validateDelete(): ErrorCode;
  isSubscribedTo(topic: string): boolean;
  /** From when on an offset without use grows old; undefined: it does not. */
  offsetExpiryBaseMs(topic: string, commitTimestampMs: number): number | undefined;
  /** The records that make the group vanish. */
  tombstones(): readonly CoordinatorRecord[];
  /** All records have been read: whoever is a member has a session from now on. */
  loaded(): void;
  /** Another broker coordinates the group: parked replies say so, and no timer runs any more. */
  unload(): void;
  /** Its tombstones are written. */
  deleted(): void;
}
