/**
 * What the controller says about one partition: the part of the cluster image that its replicas
 * act on.
 */
export interface PartitionAssignment {
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  /** A broker's id, or -1: no leader. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
}

export interface PartitionIdentity {
  readonly topicId: string;
  readonly topic: string;
  readonly partition: number;
  /** `orders-3`: topic and partition as Kafka writes them. */
  readonly name: string;
}
