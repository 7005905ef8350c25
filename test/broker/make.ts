import { FetchSession } from '../../src/broker/fetch-session.ts';
import type { FetchRequest } from '../../src/protocol/messages/fetch.ts';
import { ZERO_UUID } from '../../src/protocol/types.ts';
import { Partition } from '../../src/replication/partition.ts';
import { batchOf, makeLog } from '../log/make.ts';

type Position = FetchRequest['topics'][number]['partitions'][number];

export const positionOf = (partition: number, change: Partial<Position> = {}): Position => ({
  partition,
  currentLeaderEpoch: -1,
  fetchOffset: 0,
  lastFetchedEpoch: -1,
  logStartOffset: 0,
  partitionMaxBytes: 1 << 20,
  replicaDirectoryId: ZERO_UUID,
  highWatermark: -1,
  ...change,
});

export const topicsOf = (...positions: Position[]): FetchRequest['topics'] => [
  { topic: 't', topicId: ZERO_UUID, partitions: positions },
];

/** A session over partitions 0 to `size` - 1 of `t`. */
export function sessionOf(size: number): FetchSession {
  const session = new FetchSession(false);
  const positions = Array.from({ length: size }, (_, index) => positionOf(index));
  session.update({ topics: topicsOf(...positions), forgottenTopicsData: [] });
  return session;
}

/** A partition that counts who listens to it; led by broker 1 alone, so that it commits at once. */
export class LedPartition extends Partition {
  listeners = 0;

  constructor(index = 0) {
    super({ topicId: 'id', topic: 't', partition: index, name: `t-${index}` }, makeLog().log, {
      brokerId: 1,
      now: () => 0,
      contactOf: () => ({ lastFetchMs: 0 }),
      isEligible: () => true,
      isrSettings: () => ({
        minInSyncReplicas: 1,
        replicaLagTimeMaxMs: 30_000,
        strictMinIsr: true,
      }),
      requestIsrChange: () => {},
      emit: () => {},
    });
    this.lead(0);
  }

  lead(leaderEpoch: number): void {
    const assignment = { replicas: [1, 2], isr: [1], leader: 1, partitionEpoch: leaderEpoch };
    this.assign({ ...assignment, leaderEpoch });
  }

  write(records: number): void {
    this.append(batchOf(records, { timestampMs: -1 }), 1, 'client');
  }

  override subscribe(listener: Parameters<Partition['subscribe']>[0]): void {
    this.listeners++;
    super.subscribe(listener);
  }

  override unsubscribe(listener: Parameters<Partition['unsubscribe']>[0]): void {
    this.listeners--;
    super.unsubscribe(listener);
  }
}
