import type { Door } from '../broker/door.ts';
import type { Clock } from '../simulation/clock.ts';
import type { ConnectionLimits } from './connection.ts';
import type { Json } from './recording.ts';

/** A cluster as the server floor sees it, live or in a replay. */
export interface World {
  readonly clock: Clock;
  /** The door of a broker that runs. */
  door(brokerId: number): Door;
  limits(brokerId: number): ConnectionLimits;
  /** Carries out a verb such as `crash`, `[1]`; throws for one it does not know. */
  operate(verb: string, args: readonly Json[]): void;
  /** Calls `listener` inside every event that stops or starts a broker. */
  onBrokerState(listener: (brokerId: number, running: boolean) => void): void;
}
