import type { ClusterMetadata, PartitionImage } from '../controller/cluster-metadata.ts';
import { ErrorCode } from '../protocol/error-code.ts';

interface NodeEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

interface CurrentLeader {
  readonly leaderId: number;
  readonly leaderEpoch: number;
}

/**
 * With "I do not lead this" comes who does and where, so that no metadata round trip is needed
 * (KIP-951).
 */
export class LeaderHints {
  readonly #metadata: ClusterMetadata;
  /** Made when there is one to name: most responses name none. */
  #endpoints: Map<number, NodeEndpoint> | undefined;

  constructor({ metadata }: { readonly metadata: ClusterMetadata }) {
    this.#metadata = metadata;
  }

  /** The leader to name beside `errorCode`, or null where that says nothing about leaders. */
  for(partition: PartitionImage | undefined, errorCode: ErrorCode): CurrentLeader | null {
    const isAboutLeader =
      errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER || errorCode === ErrorCode.FENCED_LEADER_EPOCH;
    if (!isAboutLeader || partition === undefined) return null;
    const { leader: leaderId, leaderEpoch } = partition;
    const broker = this.#metadata.brokers.get(leaderId);
    if (broker !== undefined && !broker.fenced) {
      const { host, port } = broker.endpoint;
      this.#endpoints ??= new Map();
      this.#endpoints.set(leaderId, { nodeId: leaderId, host, port, rack: broker.rack });
    }
    return { leaderId, leaderEpoch };
  }

  /** Where the leaders that have been named are. */
  endpoints(): NodeEndpoint[] {
    return this.#endpoints === undefined ? [] : [...this.#endpoints.values()];
  }
}
