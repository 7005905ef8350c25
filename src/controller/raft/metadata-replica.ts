import { assert } from '../../assert.ts';
import { type ClusterMetadata, replay } from '../cluster-metadata.ts';
import type { Committed } from './messages.ts';
import type {
  MetadataBatch,
  MetadataLog,
  MetadataSnapshot,
  OffsetAndEpoch,
} from './metadata-log.ts';
import type { RaftEvent } from './raft-event.ts';

interface MetadataReplicaOptions {
  readonly log: MetadataLog;
  readonly recordsBetweenSnapshots: () => number;
  /** `batches` are committed; none and another `metadata` when a snapshot was loaded. */
  readonly committed: (batches: readonly MetadataBatch[], metadata: ClusterMetadata) => void;
  readonly emit: (event: RaftEvent) => void;
}

/** A voter's log, and how much of it is committed: that is known anew after every start. */
export class MetadataReplica {
  readonly log: MetadataLog;
  readonly #options: MetadataReplicaOptions;
  #committed: Committed;

  constructor(options: MetadataReplicaOptions) {
    this.#options = options;
    this.log = options.log;
    const { offset: highWatermark, metadata } = options.log.snapshot;
    this.#committed = { highWatermark, metadata };
  }

  get committed(): Committed {
    return this.#committed;
  }

  /** Where the log ends: what a voter tells of itself. */
  get end(): OffsetAndEpoch {
    return { offset: this.log.endOffset, epoch: this.log.lastEpoch };
  }

  /** What the whole log makes of the cluster, committed or not. */
  latest(): ClusterMetadata {
    const { highWatermark, metadata } = this.#committed;
    const rest = this.log.read(highWatermark);
    return rest.reduce((before, { records }) => replay(before, records), metadata);
  }

  /**
   * The image comes with the offset, for the leader has it: who shares the log shares the image,
   * and nobody replays what another has replayed.
   */
  commit(next: Committed): void {
    const { highWatermark } = this.#committed;
    assert(next.highWatermark >= highWatermark, 'what is committed stays committed');
    assert(next.highWatermark <= this.log.endOffset, 'only what is in the log is committed');
    if (next.highWatermark === highWatermark) return;
    const batches = this.log.read(highWatermark, next.highWatermark);
    this.#committed = next;
    this.#options.committed(batches, next.metadata);
    this.#snapshotIfDue();
  }

  truncateTo(end: OffsetAndEpoch): void {
    this.log.truncateTo(end);
    const { endOffset } = this.log;
    assert(endOffset >= this.#committed.highWatermark, 'nothing committed is cut off');
    this.#options.emit({ type: 'metadata-truncated', logEndOffset: endOffset });
  }

  load(snapshot: MetadataSnapshot): void {
    const { offset, epoch, metadata } = snapshot;
    assert(offset >= this.#committed.highWatermark, 'a snapshot does not lead back');
    this.log.replaceWith(snapshot);
    this.#committed = { highWatermark: offset, metadata };
    this.#options.emit({ type: 'metadata-snapshot', origin: 'fetched', offset, epoch });
    this.#options.committed([], metadata);
  }

  /** A snapshot is an image that one has anyway, so the log begins at it at once. */
  #snapshotIfDue(): void {
    const { highWatermark: offset, metadata } = this.#committed;
    if (offset - this.log.startOffset < this.#options.recordsBetweenSnapshots()) return;
    const epoch = this.log.epochBefore(offset);
    this.log.startFrom({ offset, epoch, metadata });
    this.#options.emit({ type: 'metadata-snapshot', origin: 'taken', offset, epoch });
  }
}
