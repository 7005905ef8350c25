import { heartbeat as beat } from '../../coordinator/classic-requests.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { Handler } from '../request-context.ts';

export const heartbeat: Handler<'Heartbeat'> = (broker, request, _context, reply) => {
  const { groupId } = request;
  const shard = groupId === '' ? ErrorCode.INVALID_GROUP_ID : broker.groups.shardOf(groupId);
  const errorCode = typeof shard === 'number' ? shard : beat(shard, request);
  // Nobody is thrown out because a coordinator reads its log: all is well until that is done.
  const isLoading = errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
  reply({ throttleTimeMs: 0, errorCode: isLoading ? ErrorCode.NONE : errorCode });
};
