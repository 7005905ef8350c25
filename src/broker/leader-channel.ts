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
    fetch: (request, reply) => callBroker(leader, 'Fetch', request, reply),
    leaderBounds: (partition, reply) => {
      const ask = (timestamp: number, then: (offset: number) => void) => {
        const request = listOffsetsRequest(broker.brokerId, partition, timestamp);
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
  };
}

const earliestTimestamp = -2;
const latestTimestamp = -1;

function listOffsetsRequest(
  replicaId: number,
  { identity, leaderEpoch }: Partition,
  timestamp: number,
): RequestOf<'ListOffsets'> {
  const { topic, partition: partitionIndex } = identity;
  const partitions = [{ partitionIndex, currentLeaderEpoch: leaderEpoch, timestamp }];
  return { replicaId, isolationLevel: 0, topics: [{ name: topic, partitions }], timeoutMs: 0 };
}
