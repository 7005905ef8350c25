import { ErrorCode } from '../../protocol/error-code.ts';
import type { DescribeLogDirsResponse } from '../../protocol/messages/describe-log-dirs.ts';
import { logDirsOf } from '../log-dirs.ts';
import type { Handler } from '../request-context.ts';

type Result = DescribeLogDirsResponse['results'][number];
type Topic = Result['topics'][number];

/** What lies on this broker's disks; as there are none, how large they are is not known. */
export const describeLogDirs: Handler<'DescribeLogDirs'> = (broker, request, _context, reply) => {
  const wanted =
    request.topics && new Map(request.topics.map((one) => [one.topic, one.partitions]));
  const topics = new Map<string, Topic['partitions'][number][]>();
  for (const { identity, log } of broker.replicas.partitions()) {
    const { topic, partition: partitionIndex } = identity;
    if (wanted !== null && wanted.get(topic)?.includes(partitionIndex) !== true) continue;
    const partitions = topics.get(topic) ?? [];
    topics.set(topic, partitions);
    const offsetLag = Math.max(0, log.highWatermark - log.logEndOffset);
    partitions.push({
      partitionIndex,
      partitionSize: log.sizeBytes,
      offsetLag,
      isFutureKey: false,
    });
  }
  const results = logDirsOf(broker.settings).map((logDir, index): Result => {
    const held = index > 0 ? [] : [...topics].map(([name, partitions]) => ({ name, partitions }));
    const volume = { totalBytes: -1, usableBytes: -1, isCordoned: false };
    return { errorCode: ErrorCode.NONE, logDir, topics: held, ...volume };
  });
  reply({ throttleTimeMs: 0, errorCode: ErrorCode.NONE, results });
};
