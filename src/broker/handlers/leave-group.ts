import { leaveGroup as leave } from '../../coordinator/classic-requests.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { Handler } from '../request-context.ts';

export const leaveGroup: Handler<'LeaveGroup'> = (broker, request, context, reply) => {
  const { groupId } = request;
  const shard = groupId === '' ? ErrorCode.INVALID_GROUP_ID : broker.groups.shardOf(groupId);
  if (typeof shard === 'number') reply({ throttleTimeMs: 0, errorCode: shard, members: [] });
  else reply(leave(shard, request, context));
};
