import { ErrorCode } from '../../protocol/error-code.ts';
import type { Broker } from '../broker.ts';
import { findByName } from '../find-partition.ts';
import { logDirsOf } from '../log-dirs.ts';
import type { Handler } from '../request-context.ts';

/** Moves replicas to another directory; there is nothing to move, so it is done at once. */
export const alterReplicaLogDirs: Handler<'AlterReplicaLogDirs'> = (
  broker,
  request,
  _context,
  reply,
) => {
  const results = new Map<string, { partitionIndex: number; errorCode: ErrorCode }[]>();
  for (const { path, topics } of request.dirs) {
    for (const { name, partitions } of topics) {
      const answers = results.get(name) ?? [];
      results.set(name, answers);
      for (const partitionIndex of partitions) {
        answers.push({ partitionIndex, errorCode: problemOf(broker, path, name, partitionIndex) });
      }
    }
  }
  const byTopic = [...results].map(([topicName, partitions]) => ({ topicName, partitions }));
  reply({ throttleTimeMs: 0, results: byTopic });
};

function problemOf(broker: Broker, path: string, topic: string, index: number): ErrorCode {
  if (!logDirsOf(broker.settings).includes(path)) return ErrorCode.LOG_DIR_NOT_FOUND;
  const found = findByName(broker, topic, index);
  if (typeof found !== 'number') return ErrorCode.NONE;
  return found === ErrorCode.NOT_LEADER_OR_FOLLOWER ? ErrorCode.REPLICA_NOT_AVAILABLE : found;
}
