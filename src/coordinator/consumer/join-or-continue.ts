import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { ConsumerHeartbeatRequest } from '../../protocol/messages/consumer-group-heartbeat.ts';
import { checkMemberEpoch } from './check-heartbeat.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import {
  type ConsumerMember,
  JOINING_EPOCH,
  LEAVING_FOR_A_WHILE_EPOCH,
  newMember,
  usesClassicProtocol,
} from './consumer-member.ts';
import { replaceMember } from './group-change.ts';
import { type Refusal, refusal } from './refusal.ts';

interface Identity {
  readonly memberId: string;
  readonly instanceId: string | null;
}

const unknownMember = ({ groupId }: ConsumerGroup, memberId: string): Refusal =>
  refusal(ErrorCode.UNKNOWN_MEMBER_ID, `Member ${memberId} is not a member of group ${groupId}.`);

/** The member who sends the heartbeat: one that is there, or one that joins. */
export function joinOrContinue(
  group: ConsumerGroup,
  identity: Identity,
  request: ConsumerHeartbeatRequest,
  records: CoordinatorRecord[],
): ConsumerMember | Refusal {
  const { memberId } = identity;
  const { memberEpoch, topicPartitions } = request;
  const isJoining = memberEpoch === JOINING_EPOCH;
  if (isJoining && identity.instanceId !== null) {
    return joinStatically(group, memberId, identity.instanceId, records);
  }
  const member = isJoining
    ? (group.members.get(memberId) ?? newMember(memberId))
    : existingMember(group, identity);
  if ('errorCode' in member) return member;
  return checkMemberEpoch(member, memberEpoch, topicPartitions) ?? member;
}

/** Who is meant by the ids; somebody else may have taken over the instance id. */
export function existingMember(
  group: ConsumerGroup,
  { memberId, instanceId }: Identity,
): ConsumerMember | Refusal {
  if (instanceId === null) return group.members.get(memberId) ?? unknownMember(group, memberId);
  const member = group.staticMember(instanceId);
  if (member === undefined) {
    return refusal(ErrorCode.UNKNOWN_MEMBER_ID, `Instance id ${instanceId} is unknown.`);
  }
  if (member.memberId === memberId) return member;
  return refusal(
    ErrorCode.FENCED_INSTANCE_ID,
    `Static member ${memberId} with instance id ${instanceId} was fenced by member ` +
      `${member.memberId}.`,
  );
}

/** Only who has said that he leaves for a while is replaced by whoever comes in his name. */
function joinStatically(
  group: ConsumerGroup,
  memberId: string,
  instanceId: string,
  records: CoordinatorRecord[],
): ConsumerMember | Refusal {
  const predecessor = group.staticMember(instanceId);
  if (predecessor === undefined) return group.members.get(memberId) ?? newMember(memberId);
  const hasLeft = predecessor.memberEpoch === LEAVING_FOR_A_WHILE_EPOCH;
  if (!hasLeft && !usesClassicProtocol(predecessor)) {
    return refusal(
      ErrorCode.UNRELEASED_INSTANCE_ID,
      `Static member ${memberId} with instance id ${instanceId} cannot join the group because ` +
        `the instance id is owned by ${predecessor.memberId} member.`,
    );
  }
  return replaceMember(group, predecessor, memberId, records);
}
