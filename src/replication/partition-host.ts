import type { PartitionAssignment, PartitionIdentity } from './partition-assignment.ts';
import type { FollowerContact } from './replica-progress.ts';
import type { ReplicaEvent } from './replication-event.ts';

/** What the leader asks of the controller (AlterPartition), and what it hears back. */
export interface IsrChange {
  /** Each member with the process that is meant (KIP-903); -1: any. */
  readonly isr: readonly { readonly brokerId: number; readonly brokerEpoch: number }[];
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
}
export type IsrChangeReply = (outcome: {
  readonly errorCode: number;
  readonly assignment?: PartitionAssignment | undefined;
}) => void;

/** The settings in force that decide about in-sync replicas. */
export interface IsrSettings {
  readonly minInSyncReplicas: number;
  readonly replicaLagTimeMaxMs: number;
  /** The high watermark rests while the ISR is below its minimum (KAFKA-15583). */
  readonly strictMinIsr: boolean;
}

/** What a replica needs of the broker that hosts it. One for all, for there are many replicas. */
export interface PartitionHost {
  readonly brokerId: number;
  readonly now: () => number;
  readonly contactOf: (brokerId: number) => FollowerContact;
  /**
   * Alive in the controller's eyes, neither fenced nor shutting down (KIP-841), and the very
   * process of this epoch; -1 stands for any (KIP-903).
   */
  readonly isEligible: (brokerId: number, brokerEpoch: number) => boolean;
  readonly isrSettings: (topic: string) => IsrSettings;
  readonly requestIsrChange: (
    identity: PartitionIdentity,
    change: IsrChange,
    reply: IsrChangeReply,
  ) => void;
  readonly emit: (identity: PartitionIdentity, event: ReplicaEvent) => void;
}
