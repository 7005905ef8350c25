import type { LogEvent } from '../log/log-event.ts';

/**
 * What happens to one replica of a partition: to its log, to its role, to what it knows of others.
 */
export type ReplicaEvent =
  | LogEvent
  | {
      readonly type: 'became-leader';
      readonly leaderEpoch: number;
      readonly isr: readonly number[];
    }
  | { readonly type: 'became-follower'; readonly leaderEpoch: number; readonly leader: number }
  | { readonly type: 'went-offline' }
  | { readonly type: 'deleted' }
  /** A reassignment has moved the partition away from this broker. */
  | { readonly type: 'moved-away' }
  | { readonly type: 'high-watermark-advanced'; readonly from: number; readonly to: number }
  | { readonly type: 'isr-change-proposed'; readonly isr: readonly number[] }
  | { readonly type: 'isr-change-refused'; readonly errorCode: number }
  | {
      readonly type: 'isr-changed';
      readonly isr: readonly number[];
      readonly partitionEpoch: number;
    };
