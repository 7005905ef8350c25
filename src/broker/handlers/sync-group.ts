import { syncFailed } from '../../coordinator/classic-replies.ts';
import { syncGroup as sync } from '../../coordinator/classic-requests.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { Handler } from '../request-context.ts';

export const syncGroup: Handler<'SyncGroup'> = (broker, request, context, reply) => {
  const { groupId, protocolType, protocolName } = request;
  const isNamed = context.apiVersion < 5 || (protocolType !== null && protocolName !== null);
  const shard = groupId === '' ? ErrorCode.INVALID_GROUP_ID : broker.groups.shardOf(groupId);
  if (!isNamed) reply(syncFailed(ErrorCode.INCONSISTENT_GROUP_PROTOCOL));
  else if (typeof shard === 'number') reply(syncFailed(shard));
  else sync(shard, request, reply);
};
