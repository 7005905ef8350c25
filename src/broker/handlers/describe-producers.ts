import { topicNameProblem } from '../../controller/topic-name.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { DescribeProducersResponse } from '../../protocol/messages/describe-producers.ts';
import type { Broker } from '../broker.ts';
import { findByName } from '../find-partition.ts';
import type { Handler } from '../request-context.ts';

type Answer = DescribeProducersResponse['topics'][number]['partitions'][number];

/** Any replica knows what its log says. */
export const describeProducers: Handler<'DescribeProducers'> = (broker, { topics }, _, reply) => {
  reply({
    throttleTimeMs: 0,
    topics: topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((index) => describe(broker, name, index)),
    })),
  });
};

function describe(broker: Broker, topic: string, partitionIndex: number): Answer {
  const problem = topicNameProblem(topic);
  if (problem !== undefined) {
    const errorCode = ErrorCode.INVALID_TOPIC_EXCEPTION;
    const errorMessage = `Topic name is invalid: ${problem}`;
    return { partitionIndex, errorCode, errorMessage, activeProducers: [] };
  }
  const partition = findByName(broker, topic, partitionIndex);
  if (typeof partition === 'number') {
    return { partitionIndex, errorCode: partition, errorMessage: null, activeProducers: [] };
  }
  const activeProducers = [...partition.log.producers.entries()].map((entry) => ({
    producerId: entry.producerId,
    producerEpoch: entry.epoch,
    lastSequence: entry.lastSequence,
    lastTimestamp: entry.lastTimestampMs,
    coordinatorEpoch: entry.coordinatorEpoch,
    currentTxnStartOffset: entry.transactionFirstOffset ?? -1,
  }));
  return { partitionIndex, errorCode: ErrorCode.NONE, errorMessage: null, activeProducers };
}
