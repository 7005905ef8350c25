import type { ClusterMetadata } from '../cluster-metadata.ts';
import type { MetadataBatch, MetadataSnapshot, OffsetAndEpoch } from './metadata-log.ts';

/** What every response tells first: the sender's epoch, and who leads it as far as it knows. */
export interface Standing {
  readonly epoch: number;
  readonly leaderId: number | undefined;
}

interface FetchRequest {
  readonly epoch: number;
  readonly replicaId: number;
  /** A node may be both a voter and a broker; each of them fetches for itself. */
  readonly isVoter: boolean;
  /** Where the log of the replica ends. */
  readonly end: OffsetAndEpoch;
  /** What it knows to be committed (KIP-1166): more of that is news, too. */
  readonly highWatermark: number;
  /** How long the leader may hold the request while there is no news. */
  readonly maxWaitMs: number;
}

/** Everything before `highWatermark` is on a majority, and makes `metadata` of the cluster. */
export interface Committed {
  readonly highWatermark: number;
  readonly metadata: ClusterMetadata;
}

type FetchOutcome =
  /** This is not the leader of that epoch. */
  | { readonly name: 'refused' }
  | {
      readonly name: 'batches';
      readonly batches: readonly MetadataBatch[];
      /** undefined: a new leader does not know yet. */
      readonly committed: Committed | undefined;
    }
  | { readonly name: 'diverging'; readonly end: OffsetAndEpoch }
  | { readonly name: 'snapshot'; readonly id: OffsetAndEpoch };

/**
 * What the nodes of the quorum ask each other (KIP-595, 630, 996). Followers and brokers fetch; the
 * leader never pushes.
 */
interface RaftCalls {
  vote: {
    request: {
      readonly epoch: number;
      readonly candidateId: number;
      readonly end: OffsetAndEpoch;
      /** Only asks whether a vote would be given; binds nobody. */
      readonly preVote: boolean;
    };
    response: Standing & { readonly voteGranted: boolean };
  };
  beginQuorumEpoch: { request: Standing & { readonly leaderId: number }; response: Standing };
  endQuorumEpoch: {
    request: Standing & {
      readonly leaderId: number;
      /** The others, those with the longest logs first. */
      readonly preferredSuccessors: readonly number[];
    };
    response: Standing;
  };
  fetch: { request: FetchRequest; response: Standing & { readonly outcome: FetchOutcome } };
  fetchSnapshot: {
    request: { readonly epoch: number; readonly id: OffsetAndEpoch };
    response: Standing & { readonly snapshot: MetadataSnapshot | undefined };
  };
}

export type RaftCallName = keyof RaftCalls;
export type RaftRequest<Name extends RaftCallName> = RaftCalls[Name]['request'];
export type RaftResponse<Name extends RaftCallName> = RaftCalls[Name]['response'];

/** Asks another voter; `reply` hears undefined when the connection broke. */
export type CallVoter = <Name extends RaftCallName>(
  voterId: number,
  name: Name,
  request: RaftRequest<Name>,
  reply: (response: RaftResponse<Name> | undefined) => void,
) => void;
