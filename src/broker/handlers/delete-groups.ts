import { coordinatorError } from '../../coordinator/coordinator-error.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { DeleteGroupsResponse } from '../../protocol/messages/delete-groups.ts';
import type { Broker } from '../broker.ts';
import type { Handler } from '../request-context.ts';

type Result = DeleteGroupsResponse['results'][number];

/** Each group stands for itself. */
export const deleteGroups: Handler<'DeleteGroups'> = (broker, request, _context, reply) => {
  const groupIds = [...new Set(request.groupsNames)];
  const results = new Map<string, Result>();
  const answer = () => {
    if (results.size < groupIds.length) return;
    reply({ throttleTimeMs: 0, results: groupIds.map((groupId) => results.get(groupId)!) });
  };
  if (groupIds.length === 0) answer();
  for (const groupId of groupIds) {
    deleteGroup(broker, groupId, (errorCode) => {
      results.set(groupId, { groupId, errorCode });
      answer();
    });
  }
};

function deleteGroup(broker: Broker, groupId: string, done: (errorCode: ErrorCode) => void): void {
  const shard = broker.groups.shardOf(groupId);
  if (typeof shard === 'number') {
    done(shard);
    return;
  }
  const group = shard.groups.get(groupId);
  const errorCode = group?.validateDelete() ?? ErrorCode.GROUP_ID_NOT_FOUND;
  if (group === undefined || errorCode !== ErrorCode.NONE) {
    done(errorCode);
    return;
  }
  const records = [...shard.offsets.tombstones(groupId), ...group.tombstones()];
  shard.write(records, (written) => done(coordinatorError(written)));
}
