import type { Partition } from '../replication/partition.ts';
import type { Broker } from './broker.ts';

const rackAware = 'org.apache.kafka.common.replica.RackAwareReplicaSelector';

/** No other replica than the leader. */
export const noReadReplica = -1;

/**
 * Where a consumer that says what rack it is in had better read (KIP-392): at an in-sync replica in
 * the same rack that holds the offset; of several the one that is furthest, and most lately so. The
 * leader knows, and refers to it.
 */
export function preferredReadReplica(
  broker: Broker,
  rackId: string,
  partition: Partition,
  fetchOffset: number,
): number {
  const { leadership } = partition;
  const isAsked = broker.settings.replicaSelectorClass === rackAware && rackId !== '';
  if (!isAsked || leadership === undefined || broker.settings.brokerRack === rackId) {
    return noReadReplica;
  }
  const isNear = (brokerId: number): boolean => {
    const known = broker.metadata.brokers.get(brokerId);
    return known?.fenced === false && known.rack === rackId;
  };
  const [best] = leadership
    .inSyncFollowers()
    .filter(({ brokerId }) => isNear(brokerId))
    .filter(({ logStartOffset, logEndOffset }) => {
      return logStartOffset <= fetchOffset && fetchOffset <= logEndOffset;
    })
    .sort((a, b) => b.logEndOffset - a.logEndOffset || b.lastCaughtUpMs - a.lastCaughtUpMs);
  return best?.brokerId ?? noReadReplica;
}
