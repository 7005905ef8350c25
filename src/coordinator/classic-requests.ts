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

const classic = (shard: CoordinatorShard, groupId: string): ClassicGroup | undefined => {
  const group = shard.groups.get(groupId);
  return group instanceof ClassicGroup ? group : undefined;
};

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
  if (known === undefined && memberId !== '') {
    reply(joinFailed(memberId, ErrorCode.UNKNOWN_MEMBER_ID));
  } else if (known === undefined) {
    joinNewGroup(shard, joinOf(request, caller), groupId, reply);
  } else if (known instanceof ClassicGroup) {
    known.protocol.join(joinOf(request, caller), reply);
  } else {
    reply(joinFailed(memberId, ErrorCode.INCONSISTENT_GROUP_PROTOCOL));
  }
}

/** That there is a group is written before anything else of it. */
function joinNewGroup(
  shard: CoordinatorShard,
  join: ClassicJoin,
  groupId: string,
  reply: Reply<JoinGroupResponse>,
): void {
  const group = shard.groups.addClassic(groupId);
  const record = groupMetadata(group.protocol);
  group.protocol.join(join, reply);
  shard.write([record], (errorCode) => {
    if (errorCode === ErrorCode.NONE || !shard.isActive) return;
    shard.groups.remove(group);
    group.protocol.unload(coordinatorError(errorCode));
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
  const group = classic(shard, request.groupId);
  if (group === undefined) reply(syncFailed(ErrorCode.UNKNOWN_MEMBER_ID));
  else group.protocol.sync(request, reply);
}

export function heartbeat(shard: CoordinatorShard, request: HeartbeatRequest): ErrorCode {
  const { groupId, memberId, groupInstanceId, generationId } = request;
  const group = classic(shard, groupId);
  if (group === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  return group.protocol.heartbeat(memberId, groupInstanceId, generationId);
}

/** Up to version 2 a request has one member, and that member's error is the whole answer. */
export function leaveGroup(
  shard: CoordinatorShard,
  request: LeaveGroupRequest,
  { apiVersion }: Caller,
): LeaveGroupResponse {
  const leaving =
    apiVersion >= 3 ? request.members : [{ memberId: request.memberId, groupInstanceId: null }];
  const group = classic(shard, request.groupId);
  const errorCodes =
    group?.protocol.leave(leaving, 'it left') ?? leaving.map(() => ErrorCode.UNKNOWN_MEMBER_ID);
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
