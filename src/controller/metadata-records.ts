import type { ConfigChange } from '../config/dynamic-configs.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * The records of `__cluster_metadata`. Every change of the cluster is one or more of these, and
 * nothing else changes it: the image that brokers act on is these, replayed in order.
 */
export type MetadataRecord =
  | {
      readonly type: 'register-broker';
      readonly brokerId: number;
      readonly brokerEpoch: number;
      readonly endpoint: Endpoint;
      readonly rack: string | null;
    }
  | {
      readonly type: 'broker-registration-change';
      readonly brokerId: number;
      readonly fenced: boolean;
    }
  | { readonly type: 'topic'; readonly name: string; readonly topicId: string }
  | {
      readonly type: 'partition';
      readonly topicId: string;
      readonly partition: number;
      readonly replicas: readonly number[];
      readonly isr: readonly number[];
      readonly leader: number;
    }
  | {
      /** Bumps the partition epoch always, and the leader epoch when `leader` is given. */
      readonly type: 'partition-change';
      readonly topicId: string;
      readonly partition: number;
      readonly isr?: readonly number[];
      readonly leader?: number;
    }
  | { readonly type: 'remove-topic'; readonly topicId: string }
  | ({ readonly type: 'config' } & ConfigChange)
  | { readonly type: 'producer-ids'; readonly brokerId: number; readonly nextProducerId: number };
