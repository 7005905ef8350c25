import type { WireOptions } from './member-wire.ts';

/**
 * outside    it has not started, or has left or crashed.
 * joining    it asks to be in.
 * syncing    it is in, and fetches its assignment (classic members).
 * stable     it has its assignment, as far as it knows.
 * fenced     it was told that it may never come back under this name.
 */
export type MemberState = 'outside' | 'joining' | 'syncing' | 'stable' | 'fenced';

export interface MemberOptions extends WireOptions {
  readonly topics: readonly string[];
  readonly instanceId?: string | null;
  readonly rebalanceTimeoutMs?: number;
  /** How long it takes to let go of partitions, as a client does that commits first. */
  readonly revokeMs?: number;
  /** Instead: it lets go of them when it likes, and says that it has. */
  readonly letGo?: (keys: ReadonlySet<string>, done: () => void) => void;
  /** It has another set of partitions than before; `brokerId` told it so. */
  readonly ownedChanged?: (member: GroupMember, brokerId: number | undefined) => void;
}

/** Somebody in a group, or who wants to be: a simulated client as a correct one behaves. */
export interface GroupMember {
  readonly name: string;
  readonly protocol: 'classic' | 'consumer';
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly instanceId: string | null;
  readonly state: MemberState;
  /** Empty: it has not been given one. */
  readonly memberId: string;
  /** The generation, or the member epoch. */
  readonly epoch: number;
  /** What it believes to own, as `orders-3`. */
  readonly owned: ReadonlySet<string>;
  readonly isStalled: boolean;
  start(): void;
  /** Says goodbye. `forGood` false: a static member of the consumer protocol comes back. */
  leave(forGood?: boolean): void;
  /** Ends without a word. */
  crash(): void;
  /** Does nothing from now on, as in a long garbage collection. What it owns it goes on owning. */
  stall(): void;
  resume(): void;
  /** Commits with what it believes to be its generation or epoch. */
  commit(offsets: ReadonlyMap<string, number>, done: (outcome: CommitOutcome) => void): void;
  fetchOffsets(keys: readonly string[], done: (outcome: FetchOutcome) => void): void;
}

/** `errorCodes`: by partition; undefined: it was never heard what came of it. */
export interface CommitOutcome {
  readonly errorCodes: ReadonlyMap<string, number> | undefined;
}

/** `offsets`: by partition, -1 where none is committed; undefined: it was not told. */
export interface FetchOutcome {
  readonly offsets: ReadonlyMap<string, number> | undefined;
  readonly brokerId: number;
}
