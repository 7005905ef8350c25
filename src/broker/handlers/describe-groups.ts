import { ClassicGroup } from '../../coordinator/classic-group.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import { OPERATIONS_NOT_REQUESTED } from '../../protocol/messages/authorized-operations.ts';
import type { DescribeGroupsResponse } from '../../protocol/messages/describe-groups.ts';
import { groupOperations } from '../authorized-operations.ts';
import type { Broker } from '../broker.ts';
import type { Handler } from '../request-context.ts';

type Described = DescribeGroupsResponse['groups'][number];

export const describeGroups: Handler<'DescribeGroups'> = (
  broker,
  request,
  { apiVersion },
  reply,
) => {
  const authorizedOperations = request.includeAuthorizedOperations
    ? groupOperations
    : OPERATIONS_NOT_REQUESTED;
  // A name is short, and what it stands for may be long: each group is described once.
  const groups = [...new Set(request.groups)].map((groupId) => {
    const described = describe(broker, groupId, apiVersion);
    const failed = described.errorCode !== ErrorCode.NONE;
    return failed ? described : { ...described, authorizedOperations };
  });
  reply({ throttleTimeMs: 0, groups });
};

function describe(broker: Broker, groupId: string, apiVersion: number): Described {
  const shard = broker.groups.shardOf(groupId);
  if (typeof shard === 'number') return nothing(groupId, '', shard);
  const group = shard.groups.get(groupId);
  if (group instanceof ClassicGroup) return describeClassic(group);
  // Before version 6 a group that does not exist is a dead one (KIP-1043).
  if (apiVersion < 6) return nothing(groupId, 'Dead', ErrorCode.NONE);
  const problem = group === undefined ? 'not found' : 'not a classic group';
  const errorMessage = `Group ${groupId} ${group === undefined ? '' : 'is '}${problem}.`;
  return { ...nothing(groupId, 'Dead', ErrorCode.GROUP_ID_NOT_FOUND), errorMessage };
}

/** What members can do and have been assigned is only told while it is settled. */
function describeClassic({ groupId, stateName, protocolType, protocol }: ClassicGroup): Described {
  const isStable = stateName === 'Stable';
  const name = protocol.protocolName ?? '';
  return {
    ...nothing(groupId, stateName, ErrorCode.NONE),
    protocolType,
    protocolData: isStable ? name : '',
    members: protocol.members.all().map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: isStable ? member.metadataFor(name) : new Uint8Array(),
      memberAssignment: isStable ? member.assignment : new Uint8Array(),
    })),
  };
}

const nothing = (groupId: string, groupState: string, errorCode: ErrorCode): Described => ({
  errorCode,
  errorMessage: null,
  groupId,
  groupState,
  protocolType: '',
  protocolData: '',
  members: [],
  authorizedOperations: OPERATIONS_NOT_REQUESTED,
});
