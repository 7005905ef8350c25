import type { Door } from '../broker/door.ts';
import type { NodeState } from '../cluster/broker-seat.ts';
import type { VirtualClock } from '../simulation/clock.ts';
import type { Network } from '../simulation/network.ts';
import type { ConnectionLimits } from './connection.ts';
import type { Json } from './recording.ts';

/** A cluster as the server floor sees it, live or in a replay. */
export interface World {
  readonly clock: VirtualClock;
  /** Also between clients and brokers, on the plane `client`. */
  readonly network: Network;
  /** The door of a broker that runs. */
  door(brokerId: number): Door;
  limits(brokerId: number): ConnectionLimits;
  /** Carries out a verb such as `crash`, `[1]`; throws for one it does not know. */
  operate(verb: string, args: readonly Json[]): void;
  state(brokerId: number): NodeState;
  /** Calls `listener` inside every event that starts, stops, pauses or resumes a broker. */
  onBrokerState(listener: (brokerId: number, state: NodeState) => void): void;
}
