import type { Cluster } from '../../cluster/cluster.ts';
import type { TransactionShard } from '../../coordinator/transactions/transaction-shard.ts';

export const transactionTopic = '__transaction_state';

/** What a broker knows that takes itself for the coordinator of a partition. */
interface BelievedCoordinator {
  readonly brokerId: number;
  readonly leaderEpoch: number;
  readonly shard: TransactionShard;
}

/** Whoever takes itself for the coordinator of a partition of transactional ids. */
export const believedCoordinators = (cluster: Cluster, index: number): BelievedCoordinator[] =>
  cluster.brokerIds.flatMap((brokerId) => {
    const shard = cluster.broker(brokerId)?.transactions.shardAt(index);
    const leadership = cluster.replica(brokerId, transactionTopic, index)?.leadership;
    if (shard === undefined || typeof shard === 'number' || leadership === undefined) return [];
    return shard.isActive ? [{ brokerId, leaderEpoch: leadership.leaderEpoch, shard }] : [];
  });

/** Who is so for the controller; undefined for a partition where nobody has begun yet. */
export function actingCoordinators(cluster: Cluster): (TransactionShard | undefined)[] {
  const { partitions = [] } = cluster.metadata.topicsByName.get(transactionTopic) ?? {};
  return partitions.map(({ leader, leaderEpoch }, index) => {
    const believed = believedCoordinators(cluster, index);
    return believed.find((one) => one.brokerId === leader && one.leaderEpoch === leaderEpoch)
      ?.shard;
  });
}
