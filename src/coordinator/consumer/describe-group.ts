import { ErrorCode } from '../../protocol/error-code.ts';
import { OPERATIONS_NOT_REQUESTED } from '../../protocol/messages/authorized-operations.ts';
import type { ConsumerDescribeResponse } from '../../protocol/messages/consumer-group-describe.ts';
import type { GroupHost } from '../group.ts';
import {
  type Assignment,
  type HeldPartitions,
  noPartitions,
  topicPartitionsOf,
} from './assignment.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { type ConsumerMember, usesClassicProtocol } from './consumer-member.ts';
import { preferredAssignor } from './target-assignment.ts';

export type DescribedGroup = ConsumerDescribeResponse['groups'][number];
type DescribedMember = DescribedGroup['members'][number];

const CLASSIC_MEMBER = 0;
const CONSUMER_MEMBER = 1;

/** The group as far as it is committed. */
export function describeGroup(host: GroupHost, group: ConsumerGroup): DescribedGroup {
  const members = group.members.committedValues();
  const { groupEpoch, assignmentEpoch } = group.committedEpochs;
  return {
    ...notDescribed(group.groupId, ErrorCode.NONE, null),
    groupState: group.stateName,
    ...{ groupEpoch, assignmentEpoch },
    assignorName: preferredAssignor(host, members),
    members: members.map((member) => describeMember(host, group, member)),
  };
}

export const notDescribed = (
  groupId: string,
  errorCode: ErrorCode,
  errorMessage: string | null,
): DescribedGroup => ({
  ...{ errorCode, errorMessage, groupId, groupState: '', groupEpoch: 0, assignmentEpoch: 0 },
  ...{ assignorName: '', members: [], authorizedOperations: OPERATIONS_NOT_REQUESTED },
});

/** What it is about to give up is still its own. */
function describeMember(
  host: GroupHost,
  group: ConsumerGroup,
  member: ConsumerMember,
): DescribedMember {
  const { memberId, memberEpoch, metadata, assigned, pendingRevocation } = member;
  const { instanceId, rackId, clientId, clientHost } = metadata;
  const target = group.targets.getCommitted(memberId)?.partitions ?? noPartitions;
  return {
    ...{ memberId, instanceId, rackId, memberEpoch, clientId, clientHost },
    subscribedTopicNames: metadata.subscribedTopicNames,
    subscribedTopicRegex: metadata.subscribedTopicRegex,
    assignment: describeAssignment(host, joined(assigned, pendingRevocation)),
    targetAssignment: describeAssignment(host, target),
    memberType: usesClassicProtocol(member) ? CLASSIC_MEMBER : CONSUMER_MEMBER,
  };
}

function joined(one: HeldPartitions, other: HeldPartitions): Assignment {
  return new Map(
    [...new Set([...one.keys(), ...other.keys()])].map((topicId) => [
      topicId,
      new Set([...(one.get(topicId)?.keys() ?? []), ...(other.get(topicId)?.keys() ?? [])]),
    ]),
  );
}

function describeAssignment(
  { topics }: GroupHost,
  assignment: Assignment,
): DescribedMember['assignment'] {
  return {
    topicPartitions: topicPartitionsOf(assignment).flatMap(({ topicId, partitions }) => {
      const topicName = topics.topicsById.get(topicId)?.name;
      return topicName === undefined ? [] : [{ topicId, topicName, partitions }];
    }),
  };
}
