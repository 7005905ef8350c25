import { joinFailed } from '../../coordinator/classic-replies.ts';
import { joinGroup as join } from '../../coordinator/classic-requests.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { JoinGroupResponse } from '../../protocol/messages/join-group.ts';
import type { Handler } from '../request-context.ts';

export const joinGroup: Handler<'JoinGroup'> = (broker, request, context, reply) => {
  // Before version 7 there is no way to say that no protocol was chosen.
  const answer = (response: JoinGroupResponse) =>
    reply(
      context.apiVersion >= 7
        ? response
        : { ...response, protocolName: response.protocolName ?? '' },
    );
  const { groupId, memberId } = request;
  const shard = groupId === '' ? ErrorCode.INVALID_GROUP_ID : broker.groups.shardOf(groupId);
  if (typeof shard === 'number') answer(joinFailed(memberId, shard));
  else join(shard, request, context, answer);
};
