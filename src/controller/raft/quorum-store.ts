import { assert } from '../../assert.ts';
import { MetadataLog } from './metadata-log.ts';

/** Where a node stands: in which epoch, for whom it has voted there, and whom it knows to lead. */
interface ElectionState {
  readonly epoch: number;
  readonly votedFor: number | undefined;
  readonly leaderId: number | undefined;
}

/** What of a voter survives its process: Kafka's `quorum-state` file and the metadata log. */
export class QuorumStore {
  readonly log = new MetadataLog();
  #election: ElectionState = { epoch: 0, votedFor: undefined, leaderId: undefined };

  get election(): ElectionState {
    return this.#election;
  }

  /** To be called before anything is said or done on the strength of `next`. */
  save(next: ElectionState): void {
    assert(next.epoch >= this.#election.epoch, 'the epoch of a voter never goes back');
    this.#election = next;
  }
}
