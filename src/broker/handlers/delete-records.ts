import { ErrorCode } from '../../protocol/error-code.ts';
import type { DeleteRecordsResponse } from '../../protocol/messages/delete-records.ts';
import { awaitLowWatermark, type PendingDeletion } from '../../replication/delayed-delete.ts';
import type { Broker } from '../broker.ts';
import { findByName } from '../find-partition.ts';
import type { Handler } from '../request-context.ts';

type Answer = DeleteRecordsResponse['topics'][number]['partitions'][number];
type MutableAnswer = { -readonly [K in keyof Answer]: Answer[K] };

/** Moves log starts (KIP-107). Answers when every live replica has followed, or with a timeout. */
export const deleteRecords: Handler<'DeleteRecords'> = (broker, request, _context, reply) => {
  const pending: PendingDeletion[] = [];
  const pendingAnswers: MutableAnswer[] = [];
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, offset }): MutableAnswer => {
      const started = start(broker, name, partitionIndex, offset);
      if (typeof started === 'number') {
        return { partitionIndex, lowWatermark: -1, errorCode: started };
      }
      const answer = { partitionIndex, lowWatermark: -1, errorCode: ErrorCode.NONE };
      pending.push(started);
      pendingAnswers.push(answer);
      return answer;
    }),
  }));
  awaitLowWatermark(broker.replicas.purgatory, pending, request.timeoutMs, (outcomes) => {
    outcomes.forEach((outcome, index) => {
      Object.assign(pendingAnswers[index]!, outcome);
    });
    reply({ throttleTimeMs: 0, topics });
  });
};

function start(
  broker: Broker,
  name: string,
  index: number,
  offset: number,
): PendingDeletion | ErrorCode {
  const partition = findByName(broker, name, index);
  if (typeof partition === 'number') return partition;
  if (partition.leadership === undefined) return ErrorCode.NOT_LEADER_OR_FOLLOWER;
  if (!broker.topicSettings(name).cleanupPolicy.delete) return ErrorCode.POLICY_VIOLATION;
  const target = offset === -1 ? partition.log.highWatermark : offset;
  if (target < 0) return ErrorCode.OFFSET_OUT_OF_RANGE;
  const errorCode = partition.log.moveLogStart(target);
  if (errorCode !== ErrorCode.NONE) return errorCode;
  partition.changed();
  return { partition, requiredOffset: target };
}
