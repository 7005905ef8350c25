import type { Clock, Timer } from '../../simulation/clock.ts';
import { type ClusterMetadata, replay } from '../cluster-metadata.ts';
import type { MetadataRecord } from '../metadata-records.ts';
import { FollowerProgress } from './follower-progress.ts';
import type { CallVoter, RaftRequest, RaftResponse, Standing } from './messages.ts';
import type { MetadataReplica } from './metadata-replica.ts';
import type { QuorumView, ReplicaView } from './quorum-view.ts';
import type { RaftSettings } from './raft-settings.ts';
import { majority } from './votes.ts';

interface LeaderStateOptions {
  readonly nodeId: number;
  readonly voters: readonly number[];
  readonly epoch: number;
  readonly replica: MetadataReplica;
  readonly clock: Clock;
  readonly settings: () => RaftSettings;
  readonly standing: () => Standing;
  readonly call: CallVoter;
  readonly heard: (standing: Standing) => void;
  /** All of former epochs is committed: from now on this node may decide. */
  readonly claimed: () => void;
  /** No majority has fetched for so long that there may be another leader. */
  readonly deserted: () => void;
}

type Respond = (response: RaftResponse<'fetch'>) => void;

interface ParkedFetch {
  readonly request: RaftRequest<'fetch'>;
  readonly respond: Respond;
  readonly timer: Timer;
}

/** What was appended together, until it is committed or the leadership lost. */
interface Undecided {
  readonly endOffset: number;
  readonly metadata: ClusterMetadata;
  readonly waiting: ((committed: boolean) => void)[];
}

/** Kafka forgets an observer that has not fetched for this long. */
const observerSessionMs = 300_000;

const viewOf = (replicaId: number, progress: FollowerProgress): ReplicaView => ({
  replicaId,
  logEndOffset: progress.endOffset,
  lastFetchMs: progress.lastFetchMs,
  lastCaughtUpMs: progress.lastCaughtUpMs,
});

/** The leader of one epoch: takes fetches, counts who has what, and commits. */
export class LeaderState {
  readonly #options: LeaderStateOptions;
  readonly #others: readonly number[];
  readonly #voters = new Map<number, FollowerProgress>();
  readonly #observers = new Map<number, FollowerProgress>();
  readonly #epochStartOffset: number;
  readonly #sinceMs: number;
  #highWatermark: number | undefined;
  #parked = new Set<ParkedFetch>();
  #undecided: Undecided[] = [];
  #beginTimer: Timer | undefined;
  #checkTimer: Timer | undefined;

  constructor(options: LeaderStateOptions) {
    const { voters, nodeId, replica, clock } = options;
    this.#options = options;
    this.#others = voters.filter((voterId) => voterId !== nodeId);
    for (const voterId of this.#others) this.#voters.set(voterId, new FollowerProgress());
    this.#sinceMs = clock.now();
    this.#epochStartOffset = replica.log.endOffset;
  }

  /** undefined until a majority holds something of this epoch. */
  get highWatermark(): number | undefined {
    return this.#highWatermark;
  }

  /** The cluster with everything decided so far, committed or not. */
  get metadata(): ClusterMetadata {
    return this.#undecided.at(-1)?.metadata ?? this.#options.replica.committed.metadata;
  }

  describe(): QuorumView {
    const { nodeId, voters, epoch, clock, replica } = this.#options;
    const nowMs = clock.now();
    const self = {
      replicaId: nodeId,
      logEndOffset: replica.log.endOffset,
      lastFetchMs: nowMs,
      lastCaughtUpMs: nowMs,
    };
    const observers = [...this.#observers].filter(
      ([id, { lastFetchMs }]) => !voters.includes(id) && nowMs - lastFetchMs < observerSessionMs,
    );
    return {
      leaderId: nodeId,
      epoch,
      highWatermark: this.#highWatermark ?? -1,
      voters: voters.map((id) => (id === nodeId ? self : viewOf(id, this.#voters.get(id)!))),
      observers: observers.sort(([a], [b]) => a - b).map(([id, one]) => viewOf(id, one)),
    };
  }

  /** The other voters, those with the longest logs first. */
  get successors(): readonly number[] {
    const endOf = (voterId: number) => this.#voters.get(voterId)!.endOffset;
    return [...this.#others].sort((a, b) => endOf(b) - endOf(a) || a - b);
  }

  /** Begins the epoch with a record of its own: only with it are those before it committed. */
  begin(): void {
    const { nodeId, replica } = this.#options;
    const before = replica.latest();
    this.#append(before, [{ type: 'leader-change', leaderId: nodeId }]);
    if (this.#others.length === 0) return;
    this.#announce();
    this.#checkQuorum();
  }

  append(records: readonly MetadataRecord[]): void {
    if (records.length > 0) this.#append(this.metadata, records);
  }

  /** Runs `run` when all that was appended so far is committed, or the leadership lost. */
  whenDecided(run: (committed: boolean) => void): void {
    const last = this.#undecided.at(-1);
    if (last === undefined) run(true);
    else last.waiting.push(run);
  }

  fetch(request: RaftRequest<'fetch'>, respond: Respond): void {
    const { replica, clock, standing } = this.#options;
    const { end, maxWaitMs } = request;
    const validity = replica.log.validate(end);
    if (validity.name !== 'valid') {
      respond({ ...standing(), outcome: validity });
      return;
    }
    this.#progressOf(request).fetched(clock.now(), end.offset, replica.log.endOffset);
    this.#advance();
    if (this.#hasNews(request) || maxWaitMs === 0) {
      this.#respond(request, respond);
      return;
    }
    const timer = clock.after(maxWaitMs, () => {
      this.#parked.delete(parked);
      this.#respond(request, respond);
    });
    const parked: ParkedFetch = { request, respond, timer };
    this.#parked.add(parked);
  }

  /** Another leads, or nobody: `standing` tells those who wait here to look elsewhere. */
  end(): void {
    const { standing } = this.#options;
    this.#beginTimer?.cancel();
    this.#checkTimer?.cancel();
    for (const { timer, respond } of this.#parked) {
      timer.cancel();
      respond({ ...standing(), outcome: { name: 'refused' } });
    }
    this.#parked.clear();
    const undecided = this.#undecided;
    this.#undecided = [];
    for (const { waiting } of undecided) for (const run of waiting) run(false);
  }

  #append(before: ClusterMetadata, records: readonly MetadataRecord[]): void {
    const { epoch, replica } = this.#options;
    const metadata = replay(before, records);
    replica.log.append(epoch, records);
    this.#undecided.push({ endOffset: replica.log.endOffset, metadata, waiting: [] });
    this.#advance();
    this.#answerParked();
  }

  #progressOf({ replicaId, isVoter }: RaftRequest<'fetch'>): FollowerProgress {
    if (isVoter) return this.#voters.get(replicaId)!;
    let observer = this.#observers.get(replicaId);
    if (observer === undefined) {
      observer = new FollowerProgress();
      this.#observers.set(replicaId, observer);
    }
    return observer;
  }

  /**
   * What a majority holds is committed, but only along with something of this epoch: a record of
   * an older one may sit on a majority and yet be overwritten (Raft, 5.4.2).
   */
  #advance(): void {
    const { voters, nodeId, replica } = this.#options;
    const { endOffset } = replica.log;
    const ends = voters.map((id) => (id === nodeId ? endOffset : this.#voters.get(id)!.endOffset));
    const held = ends.sort((a, b) => b - a)[majority(voters) - 1]!;
    if (held <= (this.#highWatermark ?? this.#epochStartOffset)) return;
    const isFirst = this.#highWatermark === undefined;
    this.#highWatermark = held;
    const count = this.#undecided.findLastIndex((batch) => batch.endOffset <= held) + 1;
    const decided = this.#undecided.splice(0, count);
    replica.commit({ highWatermark: held, metadata: decided.at(-1)!.metadata });
    this.#answerParked();
    for (const { waiting } of decided) for (const run of waiting) run(true);
    if (isFirst) this.#options.claimed();
  }

  /** Voters get all there is, to make it committed; the others what is. */
  #visibleEnd({ isVoter }: RaftRequest<'fetch'>): number {
    return isVoter ? this.#options.replica.log.endOffset : (this.#highWatermark ?? 0);
  }

  #hasNews(request: RaftRequest<'fetch'>): boolean {
    const { end, highWatermark } = request;
    return this.#visibleEnd(request) > end.offset || (this.#highWatermark ?? 0) > highWatermark;
  }

  #respond(request: RaftRequest<'fetch'>, respond: Respond): void {
    const { replica, standing } = this.#options;
    const batches = replica.log.read(request.end.offset, this.#visibleEnd(request));
    const committed = this.#highWatermark === undefined ? undefined : replica.committed;
    respond({ ...standing(), outcome: { name: 'batches', batches, committed } });
  }

  /** By node id, so that a history reads the same whoever has asked first. */
  #answerParked(): void {
    const informed = [...this.#parked].filter(({ request }) => this.#hasNews(request));
    informed.sort((a, b) => a.request.replicaId - b.request.replicaId);
    for (const parked of informed) {
      this.#parked.delete(parked);
      parked.timer.cancel();
      this.#respond(parked.request, parked.respond);
    }
  }

  /** Tells those who do not fetch who leads; they fetch once they know. */
  #announce(): void {
    const { clock, settings, epoch, nodeId, call, heard } = this.#options;
    const periodMs = settings().fetchTimeoutMs / 2;
    for (const voterId of this.#others) {
      if (clock.now() - this.#voters.get(voterId)!.lastFetchMs < periodMs) continue;
      call(voterId, 'beginQuorumEpoch', { epoch, leaderId: nodeId }, (response) => {
        if (response !== undefined) heard(response);
      });
    }
    this.#beginTimer = clock.after(periodMs, () => this.#announce());
  }

  /** A leader that is cut off from a majority cannot commit, and stands in nobody's way. */
  #checkQuorum(): void {
    const { clock, settings, voters, deserted } = this.#options;
    const latest = [...this.#voters.values()].map(({ lastFetchMs }) => lastFetchMs);
    const majorityMs = latest.sort((a, b) => b - a)[majority(voters) - 2]!;
    const deadlineMs = Math.max(majorityMs, this.#sinceMs) + settings().fetchTimeoutMs * 1.5;
    const restMs = deadlineMs - clock.now();
    if (restMs <= 0) deserted();
    else this.#checkTimer = clock.after(restMs, () => this.#checkQuorum());
  }
}
