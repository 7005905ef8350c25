import { ErrorCode } from '../../protocol/error-code.ts';
import { servesConsumerGroups } from '../consumer-group-protocol.ts';
import type { Handler, ResponseOf } from '../request-context.ts';

export const consumerGroupHeartbeat: Handler<'ConsumerGroupHeartbeat'> = (
  broker,
  request,
  context,
  reply,
) => {
  if (!servesConsumerGroups(broker)) {
    reply(failed(ErrorCode.UNSUPPORTED_VERSION));
    return;
  }
  const shard = broker.groups.shardOf(request.groupId);
  if (typeof shard === 'number') reply(failed(shard));
  else shard.consumerGroups.heartbeats.heartbeat(request, context, reply);
};

const failed = (errorCode: ErrorCode): ResponseOf<'ConsumerGroupHeartbeat'> => ({
  ...{ throttleTimeMs: 0, errorCode, errorMessage: null },
  ...{ memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null },
});
