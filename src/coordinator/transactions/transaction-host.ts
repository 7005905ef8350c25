import type { BrokerSettings } from '../../config/broker-settings.ts';
import type {
  WriteTxnMarkersRequest,
  WriteTxnMarkersResponse,
} from '../../protocol/messages/write-txn-markers.ts';
import type { Clock } from '../../simulation/clock.ts';
import type { CoordinatorEvent } from '../coordinator-event.ts';

/** What transactions need of the broker that coordinates them. */
export interface TransactionHost {
  readonly clock: Clock;
  readonly settings: BrokerSettings;
  /** The level of the feature `transaction.version`. */
  readonly transactionVersion: number;
  /** undefined: the controller has not given any. */
  nextProducerId(reply: (producerId: number | undefined) => void): void;
  /** A broker's id; -1: nobody for now; undefined: there is no such partition any more. */
  leaderOf(topic: string, partition: number): number | undefined;
  /** undefined: the connection broke, or no answer came in time. */
  writeMarkers(
    brokerId: number,
    request: WriteTxnMarkersRequest,
    reply: (response: WriteTxnMarkersResponse | undefined) => void,
  ): void;
  emit(event: CoordinatorEvent, transactionalId: string): void;
}
