import { ErrorCode } from '../../protocol/error-code.ts';
import type { Handler } from '../request-context.ts';

const lowerCase = (texts: readonly string[]): Set<string> =>
  new Set(texts.map((text) => text.toLowerCase()));

/** The groups of this broker alone: clients ask each one. */
export const listGroups: Handler<'ListGroups'> = (broker, request, _context, reply) => {
  const shards = broker.groups.shards();
  if (shards.some(({ isLoading }) => isLoading)) {
    reply({
      throttleTimeMs: 0,
      errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
      groups: [],
    });
    return;
  }
  const states = lowerCase(request.statesFilter);
  const types = lowerCase(request.typesFilter);
  const groups = shards
    .flatMap((shard) => shard.groups.all())
    .filter(({ stateName }) => states.size === 0 || states.has(stateName.toLowerCase()))
    .filter(({ type }) => types.size === 0 || types.has(type))
    .map(({ groupId, protocolType, stateName, type }) => ({
      groupId,
      protocolType,
      groupState: stateName,
      groupType: type,
    }));
  reply({ throttleTimeMs: 0, errorCode: ErrorCode.NONE, groups });
};
