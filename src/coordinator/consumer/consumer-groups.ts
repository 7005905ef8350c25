import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { HeartbeatRequest } from '../../protocol/messages/heartbeat.ts';
import type { JoinGroupResponse } from '../../protocol/messages/join-group.ts';
import type { SyncGroupRequest, SyncGroupResponse } from '../../protocol/messages/sync-group.ts';
import { ClassicGroup } from '../classic-group.ts';
import type { ClassicJoin } from '../classic-member.ts';
import { joinFailed, type Reply, syncFailed } from '../classic-replies.ts';
import type { GroupHost } from '../group.ts';
import type { GroupStore } from '../group-store.ts';
import type { Timeline } from '../timeline-map.ts';
import { ClassicMemberRequests, type Identity } from './classic-member-requests.ts';
import { ConsumerGroup, type ConsumerGroupRecord } from './consumer-group.ts';
import { ConsumerHeartbeats } from './consumer-heartbeats.ts';
import { ConsumerSessions } from './consumer-sessions.ts';
import { type DescribedGroup, describeGroup, notDescribed } from './describe-group.ts';
import { upgrade } from './migration.ts';
import { type Refusal, refusal } from './refusal.ts';
import { TopicWatch } from './topic-watch.ts';

/** Of what is replayed on trial, nothing waits to be committed. */
const beforeTheLog = -1;

const isOfConsumerGroup = (record: CoordinatorRecord): record is ConsumerGroupRecord =>
  record.type !== 'offset-commit' && record.type !== 'group-metadata';

/** The consumer groups (KIP-848) of one shard. */
export class ConsumerGroups {
  readonly heartbeats: ConsumerHeartbeats;
  readonly sessions: ConsumerSessions;
  readonly topics = new TopicWatch();
  readonly #host: GroupHost;
  readonly #store: GroupStore;
  readonly #timeline: Timeline;
  readonly #classicMembers: ClassicMemberRequests;

  constructor(host: GroupHost, store: GroupStore, timeline: Timeline) {
    this.#host = host;
    this.#store = store;
    this.#timeline = timeline;
    this.sessions = new ConsumerSessions(host, this);
    this.#classicMembers = new ClassicMemberRequests(host, this);
    this.heartbeats = new ConsumerHeartbeats(host, this);
  }

  find(groupId: string): ConsumerGroup | undefined {
    const group = this.#store.get(groupId);
    return group instanceof ConsumerGroup ? group : undefined;
  }

  /** A classic group becomes a consumer group when somebody joins it like this. */
  findOrMake(groupId: string, records: CoordinatorRecord[]): ConsumerGroup | Refusal {
    const known = this.#store.get(groupId);
    if (known instanceof ConsumerGroup) return known;
    const isMember = known instanceof ClassicGroup && !known.isEmpty;
    const before = isMember ? upgrade(this.#host, known) : (known?.tombstones() ?? []);
    if ('errorMessage' in before) return before;
    records.push(...before);
    const group = new ConsumerGroup(groupId, this.#host, this.#timeline);
    for (const record of before) {
      if (isOfConsumerGroup(record)) group.replay(record, beforeTheLog);
    }
    return group;
  }

  changedKind(groupId: string, rebalances: boolean): void {
    const group = this.#store.get(groupId);
    if (group instanceof ClassicGroup) group.protocol.takeOver(rebalances);
  }

  notFound(groupId: string): Refusal {
    const isThere = this.#store.get(groupId) !== undefined;
    const what = isThere ? 'is not a consumer group' : 'not found';
    return refusal(ErrorCode.GROUP_ID_NOT_FOUND, `Group ${groupId} ${what}.`);
  }

  describe(groupId: string): DescribedGroup {
    const group = this.find(groupId);
    if (group?.isCommitted) return describeGroup(this.#host, group);
    const { errorCode, errorMessage } = this.notFound(groupId);
    return notDescribed(groupId, errorCode, errorMessage);
  }

  /** Somebody who speaks the classic protocol joins. */
  join(groupId: string, join: ClassicJoin, reply: Reply<JoinGroupResponse>): void {
    const group = this.find(groupId);
    if (group === undefined) reply(joinFailed(join.memberId, ErrorCode.UNKNOWN_MEMBER_ID));
    else this.#classicMembers.join(group, join, reply);
  }

  sync(request: SyncGroupRequest, reply: Reply<SyncGroupResponse>): void {
    const group = this.find(request.groupId);
    if (group === undefined) reply(syncFailed(ErrorCode.UNKNOWN_MEMBER_ID));
    else this.#classicMembers.sync(group, request, reply);
  }

  classicHeartbeat(request: HeartbeatRequest): ErrorCode {
    const group = this.find(request.groupId);
    if (group === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
    return this.#classicMembers.heartbeat(group, request);
  }

  leave(groupId: string, leaving: readonly Identity[]): ErrorCode[] {
    const group = this.find(groupId);
    if (group === undefined) return leaving.map(() => ErrorCode.UNKNOWN_MEMBER_ID);
    return this.#classicMembers.leave(group, leaving);
  }

  replay(record: ConsumerGroupRecord, offset: number): void {
    const { groupId } = record.key;
    const known = this.find(groupId);
    if (known === undefined && record.value === null) return;
    const group = known ?? new ConsumerGroup(groupId, this.#host, this.#timeline);
    if (known === undefined) this.#store.put(group);
    group.replay(record, offset);
    const isGone = record.type === 'consumer-group-metadata' && record.value === null;
    if (isGone) this.#store.delete(group);
  }

  /** All records have been read. */
  loaded(): void {
    for (const group of this.#all()) this.sessions.loaded(group);
  }

  metadataChanged(): void {
    for (const group of this.#all()) group.needsMetadataCheck = true;
  }

  #all(): ConsumerGroup[] {
    return this.#store.all().filter((group) => group instanceof ConsumerGroup);
  }
}
