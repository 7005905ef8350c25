import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { CommitCheck, Group, GroupHost, OffsetClient } from '../group.ts';
import { Sessions } from '../sessions.ts';
import { type Extent, type Timeline, TimelineMap } from '../timeline-map.ts';
import { type Assignment, assignmentOf, noPartitions } from './assignment.ts';
import {
  type ConsumerMember,
  isReconciledTo,
  newMember,
  usesClassicProtocol,
  withCurrentAssignment,
} from './consumer-member.ts';
import { groupTombstones } from './group-records.ts';
import { PartitionOwners } from './partition-owners.ts';
import type { ResolvedExpression } from './subscription.ts';

export type ConsumerGroupRecord = Exclude<
  CoordinatorRecord,
  { readonly type: 'offset-commit' | 'group-metadata' }
>;

/** What counts for the group as a whole. */
interface GroupEpochs {
  /** One more with each change of members, subscriptions or topics. */
  readonly groupEpoch: number;
  /** Of the subscribed topics when they were last looked at. */
  readonly metadataHash: number;
  /** The group epoch that the target assignment was made for. */
  readonly assignmentEpoch: number;
  /** When it was made; 0: never, or nobody knows. */
  readonly assignmentTimestampMs: number;
}

const firstEpochs: GroupEpochs = {
  groupEpoch: 1,
  metadataHash: 0,
  assignmentEpoch: 1,
  assignmentTimestampMs: 0,
};

interface Target {
  readonly memberId: string;
  readonly partitions: Assignment;
}

/**
 * Empty        nobody is a member.
 * Assigning    the group has changed since the target assignment was made.
 * Reconciling  somebody has not come to the target assignment yet.
 * Stable       everybody has.
 */
export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable';

const theOne = '';

/**
 * A group whose coordinator assigns the partitions (KIP-848): every member moves towards the target
 * assignment by itself, heartbeat by heartbeat, and nobody waits for all. It is what its records
 * say, but for the sessions.
 */
export class ConsumerGroup implements Group {
  readonly type = 'consumer';
  readonly protocolType = 'consumer';
  readonly groupId: string;
  readonly members: TimelineMap<ConsumerMember>;
  readonly targets: TimelineMap<Target>;
  readonly expressions: TimelineMap<ResolvedExpression>;
  readonly owners = new PartitionOwners();
  readonly sessions: Sessions;
  /** How long a member may take to give partitions up. */
  readonly revocations: Sessions;
  /** How long a classic member may take to join again, and to sync then. */
  readonly joins: Sessions;
  readonly syncs: Sessions;
  /** The topics may have changed since they were last looked at. */
  needsMetadataCheck = true;
  /** Its regular expressions are being resolved. */
  isResolving = false;
  readonly #epochs: TimelineMap<GroupEpochs>;
  readonly #staticMembers = new Map<string, string>();
  readonly #nameCounts = new Map<string, number>();
  readonly #expressionCounts = new Map<string, number>();

  constructor(groupId: string, host: GroupHost, timeline: Timeline) {
    this.groupId = groupId;
    this.members = new TimelineMap(timeline);
    this.targets = new TimelineMap(timeline);
    this.expressions = new TimelineMap(timeline);
    this.#epochs = new TimelineMap(timeline);
    this.sessions = new Sessions(host);
    this.revocations = new Sessions(host);
    this.joins = new Sessions(host);
    this.syncs = new Sessions(host);
  }

  get epochs(): GroupEpochs {
    return this.#epochs.get(theOne) ?? firstEpochs;
  }

  get committedEpochs(): GroupEpochs {
    return this.#epochs.getCommitted(theOne) ?? firstEpochs;
  }

  /** What clients may see, as far as it is committed. */
  get stateName(): ConsumerGroupState {
    return stateOf(this.committedEpochs, this.members.committedValues());
  }

  /** Whether anything of it is committed, so that others may know of it. */
  get isCommitted(): boolean {
    return (
      this.#epochs.getCommitted(theOne) !== undefined || this.members.committedValues().length > 0
    );
  }

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  /** The topics that members are subscribed to by name, with how many are. */
  get subscribedNames(): ReadonlyMap<string, number> {
    return this.#nameCounts;
  }

  /** The regular expressions that members are subscribed to, with how many are. */
  get subscribedExpressions(): ReadonlyMap<string, number> {
    return this.#expressionCounts;
  }

  readonly resolved = (expression: string): ResolvedExpression | undefined =>
    this.expressions.get(expression);

  staticMember(instanceId: string): ConsumerMember | undefined {
    const memberId = this.#staticMembers.get(instanceId);
    return memberId === undefined ? undefined : this.members.get(memberId);
  }

  target(memberId: string): Assignment {
    return this.targets.get(memberId)?.partitions ?? noPartitions;
  }

  replay(record: ConsumerGroupRecord, offset: number): void {
    switch (record.type) {
      case 'consumer-group-metadata':
      case 'consumer-group-target-assignment-metadata':
        this.#replayEpochs(record, offset);
        break;
      case 'consumer-group-member-metadata':
      case 'consumer-group-current-member-assignment':
        this.#replayMember(record, offset);
        break;
      case 'consumer-group-target-assignment-member': {
        const { key, value } = record;
        const { memberId } = key;
        const target = value && { memberId, partitions: assignmentOf(value.topicPartitions) };
        this.targets.set(memberId, target ?? undefined, offset);
        break;
      }
      case 'consumer-group-regular-expression': {
        const { key, value } = record;
        const expression = key.regularExpression;
        const resolved = value && { ...value, expression, timestampMs: value.timestamp };
        this.expressions.set(expression, resolved ?? undefined, offset);
        break;
      }
      case 'consumer-group-partition-metadata':
        // Only Kafka before 4.1 keeps the topics here; the hash has taken its place.
        break;
    }
  }

  validateOffsetCommit(client: OffsetClient, apiVersion: number): CommitCheck {
    const { memberId, generationIdOrMemberEpoch: memberEpoch, isTransactional } = client;
    if (memberEpoch < 0 && this.isEmpty) return ErrorCode.NONE;
    const isNobody = memberEpoch === -1 && memberId === '' && client.groupInstanceId === null;
    if (isTransactional && isNobody) return ErrorCode.NONE;
    const member = this.members.get(memberId);
    if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
    const isClassic = usesClassicProtocol(member);
    if (!isTransactional && !isClassic && apiVersion < 9) return ErrorCode.UNSUPPORTED_VERSION;
    const stale = isClassic ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.STALE_MEMBER_EPOCH;
    if (memberEpoch === member.memberEpoch) return ErrorCode.NONE;
    if (memberEpoch > member.memberEpoch) return stale;
    // What it has held since then is still its own, whatever its epoch has become (KIP-1251).
    return (topicId, partition) => {
      const epoch =
        member.assigned.get(topicId)?.get(partition) ??
        member.pendingRevocation.get(topicId)?.get(partition);
      return epoch === undefined || memberEpoch < epoch ? stale : ErrorCode.NONE;
    };
  }

  /** Only heartbeats keep a member. */
  offsetCommitted(): void {}

  validateOffsetFetch(memberId: string, memberEpoch: number, extent: Extent): ErrorCode {
    const { members } = this;
    const member = extent === 'newest' ? members.get(memberId) : members.getCommitted(memberId);
    if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
    if (memberEpoch === member.memberEpoch) return ErrorCode.NONE;
    return usesClassicProtocol(member)
      ? ErrorCode.ILLEGAL_GENERATION
      : ErrorCode.STALE_MEMBER_EPOCH;
  }

  validateOffsetDelete(): ErrorCode {
    return ErrorCode.NONE;
  }

  validateDelete(): ErrorCode {
    return this.isEmpty ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP;
  }

  isSubscribedTo(topic: string): boolean {
    if (this.#nameCounts.has(topic)) return true;
    const expressions = [...this.#expressionCounts.keys()];
    return expressions.some((one) => this.resolved(one)?.topics.includes(topic) === true);
  }

  offsetExpiryBaseMs(_topic: string, commitTimestampMs: number): number {
    return commitTimestampMs;
  }

  tombstones(): readonly CoordinatorRecord[] {
    return groupTombstones(this);
  }

  /** Its sessions are armed with those of all groups (ConsumerSessions). */
  loaded(): void {}

  unload(): void {
    this.deleted();
  }

  deleted(): void {
    for (const timers of this.#timers) timers.cancelAll();
  }

  get #timers(): readonly Sessions[] {
    return [this.sessions, this.revocations, this.joins, this.syncs];
  }

  #replayEpochs(
    record: CoordinatorRecord<
      'consumer-group-metadata' | 'consumer-group-target-assignment-metadata'
    >,
    offset: number,
  ): void {
    const { epochs } = this;
    if (record.type === 'consumer-group-metadata') {
      const { value } = record;
      const next = value && {
        ...epochs,
        ...{ groupEpoch: value.epoch, metadataHash: value.metadataHash },
      };
      this.#epochs.set(theOne, next ?? undefined, offset);
      return;
    }
    const { assignmentEpoch, assignmentTimestamp } = record.value ?? {
      ...{ assignmentEpoch: -1, assignmentTimestamp: 0 },
    };
    const target = { assignmentEpoch, assignmentTimestampMs: assignmentTimestamp };
    this.#epochs.set(theOne, { ...epochs, ...target }, offset);
  }

  #replayMember(
    record: CoordinatorRecord<
      'consumer-group-member-metadata' | 'consumer-group-current-member-assignment'
    >,
    offset: number,
  ): void {
    const { memberId } = record.key;
    const before = this.members.get(memberId);
    if (before === undefined && record.value === null) return;
    const member = before ?? newMember(memberId);
    if (record.type === 'consumer-group-current-member-assignment') {
      this.#setMember(memberId, before, withCurrentAssignment(member, record.value), offset);
    } else {
      const metadata = record.value;
      this.#setMember(memberId, before, metadata ? { ...member, metadata } : undefined, offset);
    }
  }

  #setMember(
    memberId: string,
    before: ConsumerMember | undefined,
    after: ConsumerMember | undefined,
    offset: number,
  ): void {
    this.members.set(memberId, after, offset);
    this.owners.change(before, after);
    this.#countSubscription(before, -1);
    this.#countSubscription(after, 1);
    const left = before?.metadata.instanceId ?? null;
    if (left !== null && this.#staticMembers.get(left) === memberId) {
      this.#staticMembers.delete(left);
    }
    const instanceId = after?.metadata.instanceId ?? null;
    if (instanceId !== null) this.#staticMembers.set(instanceId, memberId);
    if (after === undefined) {
      for (const timers of this.#timers) timers.cancel(memberId);
    }
  }

  #countSubscription(member: ConsumerMember | undefined, change: 1 | -1): void {
    if (member === undefined) return;
    const { subscribedTopicNames, subscribedTopicRegex } = member.metadata;
    for (const name of subscribedTopicNames) count(this.#nameCounts, name, change);
    if (subscribedTopicRegex) count(this.#expressionCounts, subscribedTopicRegex, change);
  }
}

function count(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const next = (counts.get(key) ?? 0) + change;
  if (next === 0) counts.delete(key);
  else counts.set(key, next);
}

function stateOf(
  { groupEpoch, assignmentEpoch }: GroupEpochs,
  members: readonly ConsumerMember[],
): ConsumerGroupState {
  if (members.length === 0) return 'Empty';
  if (groupEpoch > assignmentEpoch) return 'Assigning';
  return members.every((member) => isReconciledTo(member, assignmentEpoch))
    ? 'Stable'
    : 'Reconciling';
}
