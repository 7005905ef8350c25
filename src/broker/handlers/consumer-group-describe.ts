import { notDescribed } from '../../coordinator/consumer/describe-group.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import { groupOperations } from '../authorized-operations.ts';
import type { Broker } from '../broker.ts';
import { servesConsumerGroups } from '../consumer-group-protocol.ts';
import type { Handler, ResponseOf } from '../request-context.ts';

type Described = ResponseOf<'ConsumerGroupDescribe'>['groups'][number];

export const consumerGroupDescribe: Handler<'ConsumerGroupDescribe'> = (
  broker,
  request,
  _context,
  reply,
) => {
  const isServed = servesConsumerGroups(broker);
  // A name is short, and what it stands for may be long: each group is described once.
  const groups = [...new Set(request.groupIds)].map((groupId) => {
    if (!isServed) return notDescribed(groupId, ErrorCode.UNSUPPORTED_VERSION, null);
    const described = describe(broker, groupId);
    const tellsOperations = request.includeAuthorizedOperations && described.errorCode === 0;
    return tellsOperations ? { ...described, authorizedOperations: groupOperations } : described;
  });
  reply({ throttleTimeMs: 0, groups });
};

function describe(broker: Broker, groupId: string): Described {
  const shard = broker.groups.shardOf(groupId);
  if (typeof shard === 'number') return notDescribed(groupId, shard, null);
  return shard.consumerGroups.describe(groupId);
}
