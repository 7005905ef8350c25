import type { ClientAction } from './profile.ts';

export type Clients = 'replication' | 'groups' | 'transactions';

/** What the clients of a run do, and what must hold of that besides what holds of any cluster. */
export interface Workload {
  act(name: ClientAction): void;
  /** After each event. Throws `InvariantBroken`. */
  check(): void;
  /** All faults have ended. */
  calm(): void;
  /** What is still missing when the cluster is whole again; undefined: nothing. */
  missing(): string | undefined;
  /** All is well again: looks at what clients were told in all. */
  end(): void;
  /** The same if it is never well again: what there was time enough to see. */
  judge?(): void;
}
