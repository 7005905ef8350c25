import type { ConfigChange } from '../config/dynamic-configs.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * `Recovering`: the leader was elected from outside the ISR, and may lack what was committed. It
 * becomes `Recovered` with the leader's own word (KIP-704).
 */
export type LeaderRecoveryState = 'Recovered' | 'Recovering';

/** What changes of a partition; a field that is missing stays as it is. */
export interface PartitionChange {
  readonly replicas?: readonly number[];
  readonly isr?: readonly number[];
  readonly elr?: readonly number[];
  readonly lastKnownElr?: readonly number[];
  readonly addingReplicas?: readonly number[];
  readonly removingReplicas?: readonly number[];
  /** Begins a new leader epoch, even if it names who leads already. */
  readonly leader?: number;
  readonly leaderRecoveryState?: LeaderRecoveryState;
}

/**
 * The records of `__cluster_metadata`. Every change of the cluster is one or more of these, and
 * nothing else changes it: the image that brokers act on is these, replayed in order.
 */
export type MetadataRecord =
  /** The first of its epoch. It says nothing of the cluster. */
  | { readonly type: 'leader-change'; readonly leaderId: number }
  | {
      /** It starts fenced. */
      readonly type: 'register-broker';
      readonly brokerId: number;
      readonly brokerEpoch: number;
      /** Tells one process of a broker from the next. */
      readonly incarnation: number;
      readonly endpoint: Endpoint;
      readonly rack: string | null;
    }
  | {
      readonly type: 'broker-registration-change';
      readonly brokerId: number;
      readonly fenced?: boolean;
      /** It begins to shut down, and has until it is fenced to hand over what it leads. */
      readonly inControlledShutdown?: true;
    }
  | { readonly type: 'unregister-broker'; readonly brokerId: number }
  | { readonly type: 'topic'; readonly name: string; readonly topicId: string }
  | {
      readonly type: 'partition';
      readonly topicId: string;
      readonly partition: number;
      readonly replicas: readonly number[];
      readonly isr: readonly number[];
      readonly leader: number;
    }
  | ({
      readonly type: 'partition-change';
      readonly topicId: string;
      readonly partition: number;
    } & PartitionChange)
  /** The minimum of in-sync replicas is another, so what counted as eligible may no longer. */
  | { readonly type: 'clear-elr'; readonly topicId: string | null }
  | { readonly type: 'remove-topic'; readonly topicId: string }
  | { readonly type: 'feature-level'; readonly name: string; readonly level: number }
  | ({ readonly type: 'config' } & ConfigChange)
  | { readonly type: 'producer-ids'; readonly brokerId: number; readonly nextProducerId: number };
