import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type {
  ConsumerHeartbeatRequest,
  ConsumerHeartbeatResponse,
} from '../../protocol/messages/consumer-group-heartbeat.ts';
import { coordinatorError } from '../coordinator-error.ts';
import type { GroupHost } from '../group.ts';
import { randomUuidText } from '../random-uuid-text.ts';
import { sameHeld, topicPartitionsOf } from './assignment.ts';
import { checkHeartbeat } from './check-heartbeat.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { eventsOf } from './consumer-group-event.ts';
import { type ConsumerMember, JOINING_EPOCH, LEAVING_EPOCH } from './consumer-member.ts';
import type { ConsumerSessions } from './consumer-sessions.ts';
import { resolveExpressions } from './expressions.ts';
import { type ChangedMember, changeGroup } from './group-change.ts';
import { existingMember, joinOrContinue } from './join-or-continue.ts';
import { departureRecords, leaveForAWhile } from './leave.ts';
import { isRefusal, type Refusal, refusal } from './refusal.ts';
import { assignorNames } from './target-assignment.ts';
import type { TopicWatch } from './topic-watch.ts';

type Request = ConsumerHeartbeatRequest;
type Response = ConsumerHeartbeatResponse;

interface HeartbeatCaller {
  readonly apiVersion: number;
  readonly clientId: string | null;
  readonly clientHost: string;
}

interface HeartbeatGroups {
  readonly topics: TopicWatch;
  readonly sessions: ConsumerSessions;
  find(groupId: string): ConsumerGroup | undefined;
  /** The group that somebody joins; what makes it one of this kind goes to `records`. */
  findOrMake(groupId: string, records: CoordinatorRecord[]): ConsumerGroup | Refusal;
  /** The group may be a classic one now; if it is, do its members have to find together anew? */
  changedKind(groupId: string, rebalances: boolean): void;
  /** Why there is no consumer group of that name. */
  notFound(groupId: string): Refusal;
}

/** What a request comes to, if that can be written. */
interface Outcome {
  readonly records: readonly CoordinatorRecord[];
  readonly response: Response;
  /** The records are there, though not committed yet. */
  written(): void;
  committed(): void;
}

/** Answers ConsumerGroupHeartbeat: members join, move towards their target, and leave by it. */
export class ConsumerHeartbeats {
  readonly #host: GroupHost;
  readonly #groups: HeartbeatGroups;

  constructor(host: GroupHost, groups: HeartbeatGroups) {
    this.#host = host;
    this.#groups = groups;
  }

  heartbeat(request: Request, caller: HeartbeatCaller, reply: (response: Response) => void): void {
    const names = assignorNames(this.#host.settings.groupConsumerAssignors);
    const outcome =
      checkHeartbeat(request, caller.apiVersion, names) ??
      (request.memberEpoch < 0 ? this.#leave(request) : this.#beat(request, caller));
    if (isRefusal(outcome)) {
      reply(failed(outcome.errorCode, outcome.errorMessage));
      return;
    }
    this.#host.write(outcome.records, (errorCode) => {
      if (errorCode === ErrorCode.NONE) {
        outcome.committed();
        for (const event of eventsOf(outcome.records)) this.#host.emit(event, request.groupId);
        reply(outcome.response);
        return;
      }
      const group = this.#groups.find(request.groupId);
      if (group !== undefined) group.needsMetadataCheck = true;
      reply(failed(coordinatorError(errorCode), null));
    });
    outcome.written();
  }

  #leave(request: Request): Outcome | Refusal {
    const { groupId, memberId, memberEpoch } = request;
    const group = this.#groups.find(groupId);
    if (group === undefined) return this.#groups.notFound(groupId);
    const member = existingMember(group, request);
    if (isRefusal(member)) return member;
    const isForGood = request.instanceId === null || memberEpoch === LEAVING_EPOCH;
    return {
      records: isForGood
        ? departureRecords(this.#host, group, [member])
        : leaveForAWhile(group, member),
      response: { ...failed(ErrorCode.NONE, null), memberId, memberEpoch },
      written: () => this.#groups.changedKind(groupId, true),
      committed: () => {
        if (!isForGood) return;
        this.#host.emit({ type: 'member-left', memberId, reason: 'it left' }, groupId);
      },
    };
  }

  #beat(request: Request, caller: HeartbeatCaller): Outcome | Refusal {
    const { groupId, instanceId, topicPartitions: owned } = request;
    const records: CoordinatorRecord[] = [];
    const group = this.#groupOf(request, records);
    if (isRefusal(group)) return group;
    const memberId = request.memberId || randomUuidText(this.#host.random);
    const before = joinOrContinue(group, { memberId, instanceId }, request, records);
    if (isRefusal(before)) return before;
    const after = asRequested(before, request, caller);
    const version = this.#groups.topics.versionOf(this.#host.topics);
    const change = { group, before, after, owned, records };
    const changed = changeGroup(this.#host, { version }, change);
    if (isRefusal(changed)) return changed;
    const isNew = group.members.get(memberId) === undefined;
    return {
      records,
      response: this.#response(request, before, changed.member),
      written: () => {
        const live = this.#groups.find(groupId);
        // It was a classic group until now, or none: everybody's session begins.
        if (live !== undefined && live !== group) this.#groups.sessions.loaded(live);
        this.#written(groupId, memberId, changed);
      },
      committed: () => {
        if (isNew) this.#host.emit({ type: 'member-joined', memberId }, groupId);
      },
    };
  }

  #groupOf(request: Request, records: CoordinatorRecord[]): ConsumerGroup | Refusal {
    const { groupId, memberId, memberEpoch } = request;
    const group =
      memberEpoch === JOINING_EPOCH
        ? this.#groups.findOrMake(groupId, records)
        : (this.#groups.find(groupId) ?? this.#groups.notFound(groupId));
    if (isRefusal(group)) return group;
    const { groupConsumerMaxSize } = this.#host.settings;
    const isFull = group.members.size >= groupConsumerMaxSize;
    if (!isFull || group.members.get(memberId) !== undefined) return group;
    return refusal(
      ErrorCode.GROUP_MAX_SIZE_REACHED,
      `The consumer group has reached its maximum capacity of ${groupConsumerMaxSize} members.`,
    );
  }

  #written(groupId: string, memberId: string, { toResolve }: ChangedMember): void {
    const group = this.#groups.find(groupId);
    const member = group?.members.get(memberId);
    if (group === undefined || member === undefined) return;
    group.needsMetadataCheck = false;
    this.#groups.sessions.heard(group, member);
    if (toResolve.length > 0) this.#resolveSoon(group, toResolve);
  }

  /** In an event of its own: the member has its answer before the topics are known. */
  #resolveSoon(group: ConsumerGroup, expressions: readonly string[]): void {
    group.isResolving = true;
    this.#host.clock.after(0, () => {
      group.isResolving = false;
      const { groupId } = group;
      if (!this.#host.isActive || this.#groups.find(groupId) !== group) return;
      const records = resolveExpressions(this.#host, group, expressions);
      this.#host.write(records, (errorCode) => {
        if (errorCode !== ErrorCode.NONE) return;
        for (const event of eventsOf(records)) this.#host.emit(event, groupId);
      });
    });
  }

  /** The assignment is told when it is another one, and to who says everything about himself. */
  #response(request: Request, before: ConsumerMember, member: ConsumerMember): Response {
    const { groupId, memberEpoch } = request;
    const saysNames =
      request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null;
    const saysAll =
      request.rebalanceTimeoutMs !== -1 && saysNames && request.topicPartitions !== null;
    const isTold =
      memberEpoch === JOINING_EPOCH || saysAll || !sameHeld(before.assigned, member.assigned);
    return {
      ...failed(ErrorCode.NONE, null),
      memberId: member.memberId,
      memberEpoch: member.memberEpoch,
      heartbeatIntervalMs: this.#host.groupConfig(groupId, 'consumer.heartbeat.interval.ms'),
      assignment: isTold ? { topicPartitions: topicPartitionsOf(member.assigned) } : null,
    };
  }
}

const failed = (errorCode: ErrorCode, errorMessage: string | null): Response => ({
  ...{ throttleTimeMs: 0, errorCode, errorMessage },
  ...{ memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null },
});

/** What a request does not say stays as it was. */
function asRequested(
  member: ConsumerMember,
  request: Request,
  { clientId, clientHost }: HeartbeatCaller,
): ConsumerMember {
  const { metadata } = member;
  const names = request.subscribedTopicNames;
  const { rebalanceTimeoutMs } = request;
  return {
    ...member,
    metadata: {
      instanceId: request.instanceId ?? metadata.instanceId,
      rackId: request.rackId ?? metadata.rackId,
      ...{ clientId: clientId ?? '', clientHost },
      subscribedTopicNames:
        names === null ? metadata.subscribedTopicNames : [...new Set(names)].sort(),
      subscribedTopicRegex: request.subscribedTopicRegex ?? metadata.subscribedTopicRegex,
      rebalanceTimeoutMs:
        rebalanceTimeoutMs === -1 ? metadata.rebalanceTimeoutMs : rebalanceTimeoutMs,
      serverAssignor: request.serverAssignor ?? metadata.serverAssignor,
      classicMemberMetadata: null,
    },
  };
}
