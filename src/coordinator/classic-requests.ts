import { ErrorCode } from '../protocol/error-code.ts';
import type { HeartbeatRequest } from '../protocol/messages/heartbeat.ts';
import type { JoinGroupRequest, JoinGroupResponse } from '../protocol/messages/join-group.ts';
import type { LeaveGroupRequest, LeaveGroupResponse } from '../protocol/messages/leave-group.ts';
import type { SyncGroupRequest, SyncGroupResponse } from '../protocol/messages/sync-group.ts';
import { ClassicGroup } from './classic-group.ts';
import { groupMetadata } from './classic-group-record.ts';
import type { ClassicJoin } from './classic-member.ts';
import { joinFailed, type Reply, syncFailed } from './classic-replies.ts';
import { coordinatorError } from './coordinator-error.ts';
import type { CoordinatorShard } from './coordinator-shard.ts';

/** Who asks, besides what the request says. */
interface Caller {
  readonly apiVersion: number;
  readonly clientId: string | null;
  readonly clientHost: string;
}

export function joinGroup(
  shard: CoordinatorShard,
  request: JoinGroupRequest,
  caller: Caller,
  reply: Reply<JoinGroupResponse>,
): void {
  const { groupId, memberId } = request;
  const { groupMinSessionTimeoutMs, groupMaxSessionTimeoutMs } = shard.settings;
  const { sessionTimeoutMs } = request;
  if (sessionTimeoutMs < groupMinSessionTimeoutMs || sessionTimeoutMs > groupMaxSessionTimeoutMs) {
    reply(joinFailed(memberId, ErrorCode.INVALID_SESSION_TIMEOUT));
    return;
  }
  const known = shard.groups.get(groupId);
  // A consumer group without members may as well be a classic one.
  const isNew = known === undefined || (known.type === 'consumer' && known.isEmpty);
  if (isNew && memberId !== '') {
    reply(joinFailed(memberId, ErrorCode.UNKNOWN_MEMBER_ID));
  } else if (isNew) {
    joinNewGroup(shard, joinOf(request, caller), groupId, reply);
  } else if (known instanceof ClassicGroup) {
    known.protocol.join(joinOf(request, caller), reply);
  } else {
    shard.consumerGroups.join(groupId, joinOf(request, caller), reply);
  }
}

/**
 * That there is a group is written before anything else of it, in one batch with the end of the
 * empty consumer group in whose place it comes. If that only takes too long, it is written
 * nevertheless, and the group stays; as in Kafka, whoever made it hears that it failed.
 */
function joinNewGroup(
  shard: CoordinatorShard,
  join: ClassicJoin,
  groupId: string,
  reply: Reply<JoinGroupResponse>,
): void {
  const former = shard.groups.get(groupId);
  const group = shard.groups.addClassic(groupId);
  const records = [...(former?.tombstones() ?? []), groupMetadata(group.protocol)];
  let isAnswered = false;
  const answer: Reply<JoinGroupResponse> = (response) => {
    if (!isAnswered) reply(response);
    isAnswered = true;
  };
  group.protocol.join(join, answer);
  shard.write(records, (errorCode) => {
    if (errorCode === ErrorCode.NONE || !shard.isActive) return;
    answer(joinFailed(join.memberId, coordinatorError(errorCode)));
    if (errorCode === ErrorCode.REQUEST_TIMED_OUT) return;
    shard.groups.remove(group);
    if (former !== undefined) shard.groups.put(former);
    group.protocol.end(coordinatorError(errorCode));
  });
}

/** The request's bytes are borrowed, and the member will be there for longer. */
const joinOf = (request: JoinGroupRequest, caller: Caller): ClassicJoin => ({
  memberId: request.memberId,
  groupInstanceId: request.groupInstanceId,
  protocolType: request.protocolType,
  protocols: request.protocols.map(({ name, metadata }) => ({
    name,
    metadata: new Uint8Array(metadata),
  })),
  sessionTimeoutMs: request.sessionTimeoutMs,
  rebalanceTimeoutMs:
    request.rebalanceTimeoutMs === -1 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
  clientId: caller.clientId ?? '',
  clientHost: caller.clientHost,
  needsMemberId: caller.apiVersion >= 4 && request.groupInstanceId === null,
  maySkipAssignment: caller.apiVersion >= 9,
});

export function syncGroup(
  shard: CoordinatorShard,
  request: SyncGroupRequest,
  reply: Reply<SyncGroupResponse>,
): void {
  const group = shard.groups.get(request.groupId);
  if (group instanceof ClassicGroup) group.protocol.sync(request, reply);
  else if (group === undefined) reply(syncFailed(ErrorCode.UNKNOWN_MEMBER_ID));
  else shard.consumerGroups.sync(request, reply);
}

export function heartbeat(shard: CoordinatorShard, request: HeartbeatRequest): ErrorCode {
  const { groupId, memberId, groupInstanceId, generationId } = request;
  const group = shard.groups.get(groupId);
  if (group === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  return group instanceof ClassicGroup
    ? group.protocol.heartbeat(memberId, groupInstanceId, generationId)
    : shard.consumerGroups.classicHeartbeat(request);
}

/** Up to version 2 a request has one member, and that member's error is the whole answer. */
export function leaveGroup(
  shard: CoordinatorShard,
  request: LeaveGroupRequest,
  { apiVersion }: Caller,
): LeaveGroupResponse {
  const leaving =
    apiVersion >= 3 ? request.members : [{ memberId: request.memberId, groupInstanceId: null }];
  const group = shard.groups.get(request.groupId);
  const errorCodes =
    group instanceof ClassicGroup
      ? group.protocol.leave(leaving, 'it left')
      : shard.consumerGroups.leave(request.groupId, leaving);
  return {
    throttleTimeMs: 0,
    errorCode: apiVersion >= 3 ? ErrorCode.NONE : errorCodes[0]!,
    members: leaving.map(({ memberId, groupInstanceId }, index) => ({
      memberId,
      groupInstanceId,
      errorCode: errorCodes[index]!,
    })),
  };
}
