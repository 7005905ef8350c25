import { ErrorCode } from '../protocol/error-code.ts';
import type { JoinGroupResponse } from '../protocol/messages/join-group.ts';
import type { SyncGroupResponse } from '../protocol/messages/sync-group.ts';
import type { ClassicMember } from './classic-member.ts';
import type { ClassicMembers } from './classic-members.ts';

export type Reply<Response> = (response: Response) => void;

export const joinFailed = (memberId: string, errorCode: ErrorCode): JoinGroupResponse => ({
  throttleTimeMs: 0,
  errorCode,
  generationId: -1,
  protocolType: null,
  protocolName: null,
  leader: '',
  skipAssignment: false,
  memberId,
  members: [],
});

export const syncFailed = (errorCode: ErrorCode): SyncGroupResponse => ({
  throttleTimeMs: 0,
  errorCode,
  protocolType: null,
  protocolName: null,
  assignment: new Uint8Array(),
});

/** A group as it is told to its members. */
interface Generation {
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly members: ClassicMembers;
}

/** `withMembers`: for the leader, who has to assign to all of them. */
export function joined(
  { generationId, protocolType, protocolName, members }: Generation,
  member: ClassicMember,
  withMembers: boolean,
): JoinGroupResponse {
  const everyone = withMembers ? members.all() : [];
  return {
    throttleTimeMs: 0,
    errorCode: ErrorCode.NONE,
    generationId,
    protocolType,
    protocolName,
    leader: members.leaderId ?? '',
    skipAssignment: false,
    memberId: member.memberId,
    members: everyone.map((one) => ({
      memberId: one.memberId,
      groupInstanceId: one.groupInstanceId,
      metadata: one.metadataFor(protocolName ?? ''),
    })),
  };
}

export const synced = (
  { protocolType, protocolName }: Generation,
  { assignment }: ClassicMember,
): SyncGroupResponse => ({
  throttleTimeMs: 0,
  errorCode: ErrorCode.NONE,
  protocolType,
  protocolName,
  assignment,
});
