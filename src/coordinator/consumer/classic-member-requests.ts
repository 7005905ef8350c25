import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { HeartbeatRequest } from '../../protocol/messages/heartbeat.ts';
import type { JoinGroupResponse } from '../../protocol/messages/join-group.ts';
import type { SyncGroupRequest, SyncGroupResponse } from '../../protocol/messages/sync-group.ts';
import type { ClassicJoin } from '../classic-member.ts';
import { joinFailed, type Reply, syncFailed } from '../classic-replies.ts';
import { readSubscription, type Subscription, writeAssignment } from '../consumer-protocol.ts';
import { coordinatorError } from '../coordinator-error.ts';
import type { GroupHost } from '../group.ts';
import { randomUuidText } from '../random-uuid-text.ts';
import { type Assignment, topicPartitionsOf } from './assignment.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { eventsOf } from './consumer-group-event.ts';
import { type ConsumerMember, newMember, usesClassicProtocol } from './consumer-member.ts';
import type { ConsumerSessions } from './consumer-sessions.ts';
import { changeGroup, replaceMember } from './group-change.ts';
import { existingMember } from './join-or-continue.ts';
import { downgrade, isDowngradedBy } from './migration.ts';
import { byId, byName } from './named-partitions.ts';
import { isRefusal, type Refusal, refusal } from './refusal.ts';
import type { TopicWatch } from './topic-watch.ts';

export interface Identity {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

interface ClassicMemberGroups {
  readonly topics: TopicWatch;
  readonly sessions: ConsumerSessions;
  /** The group may be a classic one now; if it is, do its members have to find together anew? */
  changedKind(groupId: string, rebalances: boolean): void;
}

/**
 * Members of a consumer group that speak the classic protocol. To them their epoch is a generation,
 * and the coordinator the leader; a join is a step towards their target, and a sync tells it.
 */
export class ClassicMemberRequests {
  readonly #host: GroupHost;
  readonly #groups: ClassicMemberGroups;

  constructor(host: GroupHost, groups: ClassicMemberGroups) {
    this.#host = host;
    this.#groups = groups;
  }

  get #sessions(): ConsumerSessions {
    return this.#groups.sessions;
  }

  join(group: ConsumerGroup, join: ClassicJoin, reply: Reply<JoinGroupResponse>): void {
    const memberId = join.memberId || randomUuidText(this.#host.random);
    const errorCode = this.#checkJoin(group, join);
    const [protocol] = join.protocols;
    const subscription = protocol && readSubscription(protocol.metadata);
    if (errorCode !== ErrorCode.NONE) {
      reply(joinFailed(join.memberId, errorCode));
    } else if (join.memberId === '' && join.needsMemberId) {
      reply(joinFailed(memberId, ErrorCode.MEMBER_ID_REQUIRED));
    } else if (subscription === undefined) {
      reply(joinFailed(join.memberId, ErrorCode.UNKNOWN_SERVER_ERROR));
    } else {
      this.#join(group, { ...join, memberId }, join.memberId === '', subscription, reply);
    }
  }

  sync(group: ConsumerGroup, request: SyncGroupRequest, reply: Reply<SyncGroupResponse>): void {
    const member = this.#member(group, request, request.generationId);
    if (isRefusal(member)) {
      reply(syncFailed(member.errorCode));
      return;
    }
    const [protocol] = member.metadata.classicMemberMetadata!.supportedProtocols;
    const { protocolType, protocolName } = request;
    const isConsistent =
      (protocolType ?? 'consumer') === 'consumer' &&
      (protocolName ?? protocol!.name) === protocol!.name;
    if (!isConsistent) {
      reply(syncFailed(ErrorCode.INCONSISTENT_GROUP_PROTOCOL));
      return;
    }
    // Who has to give something up is told so by this very answer.
    const isBehind = group.epochs.assignmentEpoch > member.memberEpoch;
    if (isBehind && member.state !== 'UnrevokedPartitions') {
      this.#sessions.awaitJoin(group, member);
      reply(syncFailed(ErrorCode.REBALANCE_IN_PROGRESS));
      return;
    }
    const partitions = byName(member.assigned, this.#host.topics);
    const assignment = writeAssignment(partitions, protocol!.metadata);
    this.#host.write([], (errorCode) => {
      if (errorCode !== ErrorCode.NONE) {
        reply(syncFailed(coordinatorError(errorCode)));
        return;
      }
      this.#sessions.synced(group, member);
      reply({ throttleTimeMs: 0, errorCode, protocolType, protocolName, assignment });
    });
  }

  heartbeat(group: ConsumerGroup, request: HeartbeatRequest): ErrorCode {
    const member = this.#member(group, request, request.generationId);
    if (isRefusal(member)) return member.errorCode;
    this.#sessions.heard(group, member);
    const { memberEpoch, state } = member;
    const mustJoin =
      memberEpoch < group.epochs.assignmentEpoch ||
      state === 'UnrevokedPartitions' ||
      (state === 'UnreleasedPartitions' && !isWaiting(group, member));
    if (!mustJoin) return ErrorCode.NONE;
    this.#sessions.awaitJoin(group, member);
    return ErrorCode.REBALANCE_IN_PROGRESS;
  }

  leave(group: ConsumerGroup, leaving: readonly Identity[]): ErrorCode[] {
    const found = leaving.map(({ memberId, groupInstanceId }) => {
      const named = groupInstanceId === null ? undefined : group.staticMember(groupInstanceId);
      const meant = memberId === '' ? (named?.memberId ?? '') : memberId;
      return existingMember(group, { memberId: meant, instanceId: groupInstanceId });
    });
    const members = found.filter((member) => !isRefusal(member)) as ConsumerMember[];
    if (members.length > 0) this.#sessions.fence(group.groupId, members, 'it left');
    return found.map((member) => (isRefusal(member) ? member.errorCode : ErrorCode.NONE));
  }

  #checkJoin(group: ConsumerGroup, { memberId, protocolType, protocols }: ClassicJoin): ErrorCode {
    const { groupConsumerMigrationPolicy, groupConsumerMaxSize } = this.#host.settings;
    if (groupConsumerMigrationPolicy?.toLowerCase() === 'disabled') {
      return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
    }
    const isFull = group.members.size >= groupConsumerMaxSize;
    if (isFull && group.members.get(memberId) === undefined) {
      return ErrorCode.GROUP_MAX_SIZE_REACHED;
    }
    const others = [...group.members.values()].flatMap(({ metadata }) => {
      const supported = metadata.classicMemberMetadata?.supportedProtocols;
      return supported === undefined ? [] : [new Set(supported.map(({ name }) => name))];
    });
    const hasCommon = protocols.some(({ name }) => others.every((names) => names.has(name)));
    return protocolType === 'consumer' && hasCommon
      ? ErrorCode.NONE
      : ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
  }

  #join(
    group: ConsumerGroup,
    join: ClassicJoin,
    isNew: boolean,
    subscription: Subscription,
    reply: Reply<JoinGroupResponse>,
  ): void {
    const { memberId } = join;
    const records: CoordinatorRecord[] = [];
    const before = joining(group, join, isNew, records);
    if (isRefusal(before)) {
      reply(joinFailed(memberId, before.errorCode));
      return;
    }
    const after = asJoined(before, join, subscription);
    const owned = topicPartitionsOf(byId(subscription.ownedPartitions, this.#host.topics));
    const version = this.#groups.topics.versionOf(this.#host.topics);
    const replaced = group.staticMember(join.groupInstanceId ?? '');
    const isLast = isDowngradedBy(this.#host, group, replaced);
    const change = { group, before, after, owned, records, isLast };
    const changed = changeGroup(this.#host, { version }, change);
    if (isRefusal(changed)) {
      reply(joinFailed(memberId, changed.errorCode));
      return;
    }
    if (isLast) records.push(...downgrade(this.#host, group, [replaced!], changed.member));
    const wasThere = group.members.get(memberId) !== undefined;
    this.#host.write(records, (errorCode) => {
      if (errorCode !== ErrorCode.NONE) {
        reply(joinFailed(memberId, coordinatorError(errorCode)));
        return;
      }
      if (!wasThere) this.#host.emit({ type: 'member-joined', memberId }, group.groupId);
      for (const event of eventsOf(records)) this.#host.emit(event, group.groupId);
      const now = group.members.get(memberId);
      if (now !== undefined) this.#sessions.joined(group, now);
      reply({
        ...joinFailed(memberId, ErrorCode.NONE),
        generationId: changed.member.memberEpoch,
        ...{ protocolType: 'consumer', protocolName: join.protocols[0]!.name },
      });
    });
    this.#groups.changedKind(group.groupId, changed.isBehind);
  }

  #member(
    group: ConsumerGroup,
    { memberId, groupInstanceId }: Identity,
    generationId: number,
  ): ConsumerMember | Refusal {
    const member = existingMember(group, { memberId, instanceId: groupInstanceId });
    if (isRefusal(member)) return member;
    if (!usesClassicProtocol(member)) return refusal(ErrorCode.UNKNOWN_MEMBER_ID, memberId);
    return member.memberEpoch === generationId
      ? member
      : refusal(ErrorCode.ILLEGAL_GENERATION, memberId);
  }
}

function joining(
  group: ConsumerGroup,
  { memberId, groupInstanceId: instanceId }: ClassicJoin,
  isNew: boolean,
  records: CoordinatorRecord[],
): ConsumerMember | Refusal {
  if (instanceId === null) return group.members.get(memberId) ?? newMember(memberId);
  if (!isNew) return existingMember(group, { memberId, instanceId });
  const predecessor = group.staticMember(instanceId);
  return predecessor === undefined
    ? newMember(memberId)
    : replaceMember(group, predecessor, memberId, records);
}

function asJoined(
  member: ConsumerMember,
  { groupInstanceId, clientId, clientHost, protocols, ...terms }: ClassicJoin,
  { topics, rackId }: Subscription,
): ConsumerMember {
  const { sessionTimeoutMs, rebalanceTimeoutMs } = terms;
  return {
    ...member,
    metadata: {
      instanceId: groupInstanceId ?? member.metadata.instanceId,
      rackId: rackId ?? member.metadata.rackId,
      ...{ clientId, clientHost, rebalanceTimeoutMs, subscribedTopicRegex: '' },
      subscribedTopicNames: [...new Set(topics)].sort(),
      serverAssignor: member.metadata.serverAssignor,
      classicMemberMetadata: { sessionTimeoutMs, supportedProtocols: protocols },
    },
  };
}

/** Does somebody still hold what the member is to have? */
function isWaiting(group: ConsumerGroup, { memberId, assigned }: ConsumerMember): boolean {
  const target: Assignment = group.target(memberId);
  return [...target].some(([topicId, partitions]) =>
    [...partitions].some(
      (partition) =>
        assigned.get(topicId)?.has(partition) !== true && group.owners.isHeld(topicId, partition),
    ),
  );
}
