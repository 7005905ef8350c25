import { ErrorCode } from '../protocol/error-code.ts';
import type { Partition } from '../replication/partition.ts';
import type { ReplicaFetcherOptions } from '../replication/replica-fetcher.ts';
import type { Broker, CallBroker } from './broker.ts';
import type { RequestOf } from './request-context.ts';

/** How this broker follows `leader`: through the leader's own door, like any client. */
export function leaderChannel(
  broker: Broker,
  leader: number,
  callBroker: CallBroker,
): ReplicaFetcherOptions {
  return {
    brokerId: broker.brokerId,
    brokerEpoch: () => broker.brokerEpoch,
    clock: broker.clock,
    settings: () => broker.settings,
    knobs: broker.knobs,
    quota: broker.replicas.followerQuota,
    fetch: (request, reply) => callBroker(leader, 'Fetch', request, reply),
    leaderBounds: (partition, reply) => {
      const ask = (timestamp: number, then: (offset: number) => void) => {
        const request = listOffsetsRequest(broker, partition, timestamp);
        callBroker(leader, 'ListOffsets', request, (response) => {
          const found = response?.topics[0]?.partitions[0];
          if (found?.errorCode === ErrorCode.NONE) then(found.offset);
          else reply(undefined);
        });
      };
      ask(earliestTimestamp, (logStartOffset) => {
        ask(latestTimestamp, (logEndOffset) => reply({ logStartOffset, logEndOffset }));
      });
    },
    askEpochEnd: (partition) => (leaderEpoch, reply) => {
      const request = epochEndRequest(broker, partition, leaderEpoch);
      callBroker(leader, 'OffsetForLeaderEpoch', request, (response) => {
        const found = response?.topics[0]?.partitions[0];
        reply(found?.errorCode === ErrorCode.NONE ? found : undefined);
      });
    },
  };
}

const earliestTimestamp = -2;
const latestTimestamp = -1;

/** The leader epoch that a follower believes in, which it says so that its leader may refuse it. */
const epochOf = ({ knobs }: Broker, { leaderEpoch }: Partition): number =>
  knobs.fencing ? leaderEpoch : -1;

function listOffsetsRequest(
  broker: Broker,
  partition: Partition,
  timestamp: number,
): RequestOf<'ListOffsets'> {
  const { topic: name, partition: partitionIndex } = partition.identity;
  const currentLeaderEpoch = epochOf(broker, partition);
  const partitions = [{ partitionIndex, currentLeaderEpoch, timestamp }];
  const topics = [{ name, partitions }];
  return { replicaId: broker.brokerId, isolationLevel: 0, topics, timeoutMs: 0 };
}

function epochEndRequest(
  broker: Broker,
  partition: Partition,
  leaderEpoch: number,
): RequestOf<'OffsetForLeaderEpoch'> {
  const { topic, partition: index } = partition.identity;
  const currentLeaderEpoch = epochOf(broker, partition);
  const partitions = [{ partition: index, currentLeaderEpoch, leaderEpoch }];
  return { replicaId: broker.brokerId, topics: [{ topic, partitions }] };
}
