import { unreachable } from '../../assert.ts';
import type { Clock, Timer } from '../../simulation/clock.ts';
import type { CallVoter, RaftResponse, Standing } from './messages.ts';
import type { OffsetAndEpoch } from './metadata-log.ts';
import type { MetadataReplica } from './metadata-replica.ts';
import { maxWaitMs, type RaftSettings } from './raft-settings.ts';

interface FollowerStateOptions {
  readonly nodeId: number;
  readonly epoch: number;
  readonly leaderId: number;
  readonly replica: MetadataReplica;
  readonly clock: Clock;
  readonly settings: () => RaftSettings;
  readonly call: CallVoter;
  /** May end this following, if there is a newer epoch. */
  readonly heard: (standing: Standing) => void;
  /** The leader has not answered for `controller.quorum.fetch.timeout.ms`. */
  readonly missed: () => void;
}

/** Follows one leader in one epoch: fetches its log, truncates what it does not have. */
export class FollowerState {
  readonly #options: FollowerStateOptions;
  #deadline: Timer | undefined;
  #ended = false;
  #hasFetched = false;

  constructor(options: FollowerStateOptions) {
    this.#options = options;
  }

  /** Whether the leader is known to live: then no other is wanted (KIP-996). */
  get hasFetched(): boolean {
    return this.#hasFetched;
  }

  begin(): void {
    this.giveUpAfter(this.#options.settings().fetchTimeoutMs);
    this.#fetch();
  }

  end(): void {
    this.#ended = true;
    this.#deadline?.cancel();
  }

  giveUpAfter(delayMs: number): void {
    const { clock, missed } = this.#options;
    this.#deadline?.cancel();
    this.#deadline = clock.after(delayMs, missed);
  }

  #fetch(): void {
    const { nodeId, epoch, leaderId, replica, settings, call } = this.#options;
    const request = {
      epoch,
      replicaId: nodeId,
      isVoter: true,
      end: replica.end,
      highWatermark: replica.committed.highWatermark,
      maxWaitMs: maxWaitMs(settings().fetchTimeoutMs),
    };
    call(leaderId, 'fetch', request, (response) => {
      if (this.#hears(response)) this.#take(response.outcome);
    });
  }

  #fetchSnapshot(id: OffsetAndEpoch): void {
    const { epoch, leaderId, replica, call } = this.#options;
    call(leaderId, 'fetchSnapshot', { epoch, id }, (response) => {
      if (!this.#hears(response)) return;
      if (response.snapshot === undefined) {
        this.#retry();
        return;
      }
      replica.load(response.snapshot);
      this.#goOn();
    });
  }

  #take(outcome: RaftResponse<'fetch'>['outcome']): void {
    const { replica } = this.#options;
    switch (outcome.name) {
      case 'refused':
        this.#retry();
        return;
      case 'snapshot':
        this.#fetchSnapshot(outcome.id);
        return;
      case 'diverging':
        replica.truncateTo(outcome.end);
        this.#goOn();
        return;
      case 'batches':
        replica.log.appendFetched(outcome.batches);
        if (outcome.committed !== undefined) replica.commit(outcome.committed);
        this.#goOn();
        return;
      default:
        unreachable(outcome);
    }
  }

  #goOn(): void {
    this.#hasFetched = true;
    this.giveUpAfter(this.#options.settings().fetchTimeoutMs);
    this.#fetch();
  }

  #retry(): void {
    const { clock, settings } = this.#options;
    clock.after(settings().retryBackoffMs, () => {
      if (!this.#ended) this.#fetch();
    });
  }

  /** False: this following is over, or the connection broke and the fetch is tried again. */
  #hears<Response extends Standing>(response: Response | undefined): response is Response {
    if (this.#ended) return false;
    if (response === undefined) this.#retry();
    else this.#options.heard(response);
    return response !== undefined && !this.#ended;
  }
}
