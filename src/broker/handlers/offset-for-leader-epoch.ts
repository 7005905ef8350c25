import { ErrorCode } from '../../protocol/error-code.ts';
import { findByName } from '../find-partition.ts';
import type { Handler } from '../request-context.ts';

/** Where a leader epoch ends: how a reader learns that what it has read was cut off (KIP-320). */
export const offsetForLeaderEpoch: Handler<'OffsetForLeaderEpoch'> = (
  broker,
  request,
  _context,
  reply,
) => {
  const topics = request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, currentLeaderEpoch, leaderEpoch }) => {
      const failed = (errorCode: ErrorCode) => ({
        errorCode,
        partition,
        leaderEpoch: -1,
        endOffset: -1,
      });
      const found = findByName(broker, topic, partition);
      if (typeof found === 'number') return failed(found);
      const epochError = found.checkLeaderEpoch(currentLeaderEpoch);
      if (epochError !== ErrorCode.NONE) return failed(epochError);
      if (found.leadership === undefined) return failed(ErrorCode.NOT_LEADER_OR_FOLLOWER);
      const end = found.log.endOffsetForEpoch(leaderEpoch);
      return { errorCode: ErrorCode.NONE, partition, ...end };
    }),
  }));
  reply({ throttleTimeMs: 0, topics });
};
