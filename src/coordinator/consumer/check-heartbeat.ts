import { ErrorCode } from '../../protocol/error-code.ts';
import type { ConsumerHeartbeatRequest } from '../../protocol/messages/consumer-group-heartbeat.ts';
import { contains, type TopicPartitions } from './assignment.ts';
import {
  type ConsumerMember,
  JOINING_EPOCH,
  LEAVING_EPOCH,
  LEAVING_FOR_A_WHILE_EPOCH,
} from './consumer-member.ts';
import { type Refusal, refusal } from './refusal.ts';

const invalid = (message: string): Refusal => refusal(ErrorCode.INVALID_REQUEST, message);

/** From version 1 on members make their own ids (KIP-1082). */
const OWN_MEMBER_ID_VERSION = 1;

/** What is wrong with a request whatever the group. */
export function checkHeartbeat(
  request: ConsumerHeartbeatRequest,
  apiVersion: number,
  assignorNames: readonly string[],
): Refusal | undefined {
  const { memberId, memberEpoch, serverAssignor } = request;
  const needsMemberId =
    apiVersion >= OWN_MEMBER_ID_VERSION || memberEpoch > 0 || memberEpoch === LEAVING_EPOCH;
  if (needsMemberId && memberId.trim() === '') return invalid("MemberId can't be empty.");
  if (request.groupId.trim() === '') return invalid("GroupId can't be empty.");
  if (request.instanceId?.trim() === '') return invalid("InstanceId can't be empty.");
  if (request.rackId?.trim() === '') return invalid("RackId can't be empty.");
  const problem = checkEpoch(request);
  if (problem !== undefined) return invalid(problem);
  if (serverAssignor !== null && !assignorNames.includes(serverAssignor)) {
    return refusal(
      ErrorCode.UNSUPPORTED_ASSIGNOR,
      `ServerAssignor ${serverAssignor} is not supported. Supported assignors: ` +
        `${assignorNames.join(', ')}.`,
    );
  }
  return undefined;
}

function checkEpoch(request: ConsumerHeartbeatRequest): string | undefined {
  const { memberEpoch, topicPartitions: owned } = request;
  if (memberEpoch === JOINING_EPOCH) {
    if (request.rebalanceTimeoutMs === -1) {
      return 'RebalanceTimeoutMs must be provided in first request.';
    }
    if (owned === null || owned.length > 0) {
      return 'TopicPartitions must be empty when (re-)joining.';
    }
    if (request.subscribedTopicNames === null && request.subscribedTopicRegex === null) {
      const what = 'Either SubscribedTopicNames or SubscribedTopicRegex';
      return `${what} must be non-null when (re-)joining.`;
    }
  }
  if (memberEpoch === LEAVING_FOR_A_WHILE_EPOCH && request.instanceId === null) {
    return "InstanceId can't be null.";
  }
  return memberEpoch < LEAVING_FOR_A_WHILE_EPOCH ? 'MemberEpoch is invalid.' : undefined;
}

/**
 * A member comes with the epoch that it was told last. With the one before it comes when the reply
 * was lost, and then it owns nothing yet that it was to give up.
 */
export function checkMemberEpoch(
  member: ConsumerMember,
  received: number,
  owned: readonly TopicPartitions[] | null,
): Refusal | undefined {
  const { memberEpoch, previousMemberEpoch, assigned } = member;
  if (received === JOINING_EPOCH || received === memberEpoch) return undefined;
  const isRetry = received === previousMemberEpoch && owned !== null && contains(assigned, owned);
  if (received < memberEpoch && isRetry) return undefined;
  const size = received > memberEpoch ? 'greater' : 'smaller';
  return refusal(
    ErrorCode.FENCED_MEMBER_EPOCH,
    `The consumer group member has a ${size} member epoch (${received}) than the one known by ` +
      `the group coordinator (${memberEpoch}). The member must abandon all its partitions and ` +
      'rejoin.',
  );
}
