import { assert, unreachable } from '../../assert.ts';
import type { Clock, Timer } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import type { ClusterMetadata } from '../cluster-metadata.ts';
import type { MetadataRecord } from '../metadata-records.ts';
import type { CallVoter, RaftResponse, Standing } from './messages.ts';
import type { OffsetAndEpoch } from './metadata-log.ts';
import { fetchMaxWaitMs, maxWaitMs, type RaftSettings } from './raft-settings.ts';

interface MetadataObserverOptions {
  readonly brokerId: number;
  readonly voters: readonly number[];
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: () => Pick<RaftSettings, 'fetchTimeoutMs' | 'retryBackoffMs'>;
  readonly call: CallVoter;
  /** `records` have led to `metadata`; none where a whole image has come. */
  readonly apply: (metadata: ClusterMetadata, records: readonly MetadataRecord[]) => void;
}

/**
 * How a broker follows the metadata: it fetches what is committed from whoever leads, and asks any
 * voter who that is when it does not know.
 */
export class MetadataObserver {
  readonly #options: MetadataObserverOptions;
  #standing: Standing;
  #end: OffsetAndEpoch = { offset: 0, epoch: 0 };
  /** Counts the requests: an answer to any but the last comes too late. */
  #turn = 0;
  #deadline: Timer | undefined;

  constructor(options: MetadataObserverOptions) {
    const [first, ...others] = options.voters;
    this.#options = options;
    this.#standing = { epoch: 0, leaderId: others.length === 0 ? first : undefined };
  }

  /** The active controller, as far as this broker knows. */
  get leaderId(): number | undefined {
    return this.#standing.leaderId;
  }

  start(): void {
    this.#fetch();
  }

  #fetch(): void {
    const { brokerId, voters, random, settings, call } = this.#options;
    const request = {
      epoch: this.#standing.epoch,
      replicaId: brokerId,
      isVoter: false,
      end: this.#end,
      highWatermark: this.#end.offset,
      // A quorum of one cannot have another leader, so nobody looks for it in vain.
      maxWaitMs: voters.length > 1 ? maxWaitMs(settings().fetchTimeoutMs) : fetchMaxWaitMs,
    };
    const voterId = this.leaderId ?? voters[random.below(voters.length)]!;
    const isLast = this.#begin();
    call(voterId, 'fetch', request, (response) => {
      if (isLast()) this.#take(response);
    });
  }

  /** One request is under way at a time; after the fetch timeout another voter is asked. */
  #begin(): () => boolean {
    const { voters, clock, settings } = this.#options;
    const turn = ++this.#turn;
    if (voters.length > 1) {
      this.#deadline?.cancel();
      this.#deadline = clock.after(settings().fetchTimeoutMs, () => this.#lookElsewhere());
    }
    return () => turn === this.#turn;
  }

  #take(response: RaftResponse<'fetch'> | undefined): void {
    const outcome = response?.outcome;
    if (response === undefined || outcome === undefined) {
      this.#retry();
      return;
    }
    switch (outcome.name) {
      case 'refused':
        this.#refused(response);
        return;
      case 'snapshot':
        this.#fetchSnapshot(outcome.id);
        return;
      case 'diverging':
        assert(false, 'a leader has all that is committed');
        return;
      case 'batches': {
        const { batches, committed } = outcome;
        this.#standing = { epoch: response.epoch, leaderId: response.leaderId };
        const last = batches.at(-1);
        if (last !== undefined && committed !== undefined) {
          const isFirst = this.#end.offset === 0;
          this.#end = { offset: last.endOffset, epoch: last.epoch };
          const records = isFirst ? [] : batches.flatMap((batch) => batch.records);
          this.#options.apply(committed.metadata, records);
        }
        this.#fetch();
        return;
      }
      default:
        unreachable(outcome);
    }
  }

  #fetchSnapshot(id: OffsetAndEpoch): void {
    const { epoch, leaderId } = this.#standing;
    if (leaderId === undefined) {
      this.#retry();
      return;
    }
    const isLast = this.#begin();
    this.#options.call(leaderId, 'fetchSnapshot', { epoch, id }, (response) => {
      if (!isLast()) return;
      if (response?.snapshot === undefined) {
        this.#retry();
        return;
      }
      const { offset, epoch, metadata } = response.snapshot;
      this.#end = { offset, epoch };
      this.#options.apply(metadata, []);
      this.#fetch();
    });
  }

  /** Whoever does not lead says who does, or which epoch it is. */
  #refused({ epoch, leaderId }: Standing): void {
    const isNews = epoch >= this.#standing.epoch && leaderId !== undefined;
    if (!isNews) {
      this.#retry();
      return;
    }
    this.#standing = { epoch, leaderId };
    this.#fetch();
  }

  #retry(): void {
    const { clock, settings } = this.#options;
    const turn = ++this.#turn;
    this.#forgetLeader();
    clock.after(settings().retryBackoffMs, () => {
      if (turn === this.#turn) this.#fetch();
    });
  }

  #lookElsewhere(): void {
    this.#forgetLeader();
    this.#fetch();
  }

  #forgetLeader(): void {
    this.#standing = { ...this.#standing, leaderId: undefined };
  }
}
