import { assert } from '../../assert.ts';
import type { Clock, Timer } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import type { ClusterMetadata } from '../cluster-metadata.ts';
import { FollowerState } from './follower-state.ts';
import { LeaderState } from './leader-state.ts';
import type { CallVoter, RaftCallName, RaftRequest, RaftResponse, Standing } from './messages.ts';
import type { MetadataBatch } from './metadata-log.ts';
import { MetadataReplica } from './metadata-replica.ts';
import type { QuorumStore } from './quorum-store.ts';
import type { RaftEvent } from './raft-event.ts';
import type { RaftSettings } from './raft-settings.ts';
import { Votes } from './votes.ts';

interface RaftNodeOptions {
  readonly nodeId: number;
  /** This node and the others. */
  readonly voters: readonly number[];
  readonly store: QuorumStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: () => RaftSettings;
  readonly call: CallVoter;
  readonly emit: (event: RaftEvent) => void;
  /** `batches` are committed; none when a snapshot has taken their place. */
  readonly committed: (batches: readonly MetadataBatch[], metadata: ClusterMetadata) => void;
  /** This node leads, and knows all that is committed. */
  readonly claimed: (leader: LeaderState) => void;
  /** It leads no more. */
  readonly renounced: () => void;
}

/** A time at which the present state ends, unless something else ends it. */
interface Deadline {
  readonly atMs: number;
  readonly timer: Timer;
}

/**
 * unattached    waits for a leader of its epoch; after the election timeout: prospective
 * prospective   asks whether it would be elected (KIP-996); if so: candidate
 * candidate     asks for votes in a new epoch; with a majority: leader
 * leader        until it hears of a higher epoch, or of no majority: then resigned
 * resigned      has led this epoch and does so no more; after the election timeout: unattached
 * follower      fetches from the leader; after the fetch timeout: prospective
 */
type Role =
  | { readonly name: 'unattached'; readonly deadline: Deadline }
  | { readonly name: 'prospective'; readonly deadline: Deadline; readonly votes: Votes }
  | { readonly name: 'candidate'; readonly deadline: Deadline; readonly votes: Votes }
  | { readonly name: 'leader'; readonly state: LeaderState }
  | { readonly name: 'resigned'; readonly deadline: Deadline }
  | { readonly name: 'follower'; readonly state: FollowerState }
  | { readonly name: 'stopped' };

type Nominee = Extract<Role, { readonly votes: Votes }>;

/** One voter of the metadata quorum: KRaft, that is Raft with logs that are pulled (KIP-595). */
export class RaftNode {
  readonly replica: MetadataReplica;
  readonly #options: RaftNodeOptions;
  readonly #others: readonly number[];
  #role: Role = { name: 'stopped' };
  /** The epoch of the last event: time that is given anew is not one. */
  #toldEpoch = -1;

  constructor(options: RaftNodeOptions) {
    const { nodeId, voters, store, settings, committed, emit } = options;
    assert(voters.includes(nodeId), `${nodeId} is a voter`);
    this.#options = options;
    this.#others = voters.filter((voterId) => voterId !== nodeId);
    this.replica = new MetadataReplica({
      log: store.log,
      recordsBetweenSnapshots: () => settings().recordsBetweenSnapshots,
      committed,
      emit,
    });
  }

  get role(): Role {
    return this.#role;
  }

  get epoch(): number {
    return this.#options.store.election.epoch;
  }

  /** Who leads the epoch, as far as this node knows. One that has resigned knows nobody. */
  get leaderId(): number | undefined {
    return this.#role.name === 'resigned' ? undefined : this.#options.store.election.leaderId;
  }

  /** Goes on where the last process has ended. A leader never leads the same epoch twice. */
  start(): void {
    const { nodeId, store } = this.#options;
    const { leaderId } = store.election;
    if (this.#others.length === 0) this.#becomeCandidate();
    else if (leaderId === nodeId) this.#becomeResigned([]);
    else if (leaderId !== undefined) this.#becomeFollower(leaderId);
    else this.#becomeUnattached(this.#electionDeadline());
  }

  /** Its process ends: nothing of it happens any more. */
  stop(): void {
    this.#enter({ name: 'stopped' });
  }

  /** Hands the leadership over, if it has it; `then` when the others know, or do not answer. */
  resign(then: () => void = () => {}): void {
    if (this.#role.name !== 'leader') {
      then();
      return;
    }
    let isOver = false;
    const over = () => {
      if (!isOver) then();
      isOver = true;
    };
    this.#becomeResigned(this.#role.state.successors, over);
    this.#options.clock.after(this.#options.settings().electionTimeoutMs, over);
  }

  handle<Name extends RaftCallName>(
    name: Name,
    request: RaftRequest<Name>,
    respond: (response: RaftResponse<Name>) => void,
  ): void {
    this.#handlers[name](request, respond);
  }

  readonly #handlers: {
    readonly [Name in RaftCallName]: (
      request: RaftRequest<Name>,
      respond: (response: RaftResponse<Name>) => void,
    ) => void;
  } = {
    vote: (request, respond) => {
      const voteGranted = this.#vote(request);
      respond({ ...this.#standing(), voteGranted });
    },
    beginQuorumEpoch: (request, respond) => {
      if (request.epoch >= this.epoch) this.#heard(request);
      respond(this.#standing());
    },
    endQuorumEpoch: (request, respond) => {
      if (request.epoch >= this.epoch) {
        this.#heard(request);
        this.#leaderResigns(request);
      }
      respond(this.#standing());
    },
    fetch: (request, respond) => {
      if (this.#role.name === 'leader' && request.epoch === this.epoch) {
        this.#role.state.fetch(request, respond);
      } else respond({ ...this.#standing(), outcome: { name: 'refused' } });
    },
    fetchSnapshot: ({ epoch, id }, respond) => {
      const { snapshot } = this.replica.log;
      const isIt =
        this.#role.name === 'leader' &&
        epoch === this.epoch &&
        snapshot.offset === id.offset &&
        snapshot.epoch === id.epoch;
      respond({ ...this.#standing(), snapshot: isIt ? snapshot : undefined });
    },
  };

  readonly #standing = (): Standing => ({ epoch: this.epoch, leaderId: this.leaderId });

  /** Every message tells an epoch: a higher one ends whatever this node is. */
  readonly #heard = ({ epoch, leaderId }: Standing): void => {
    if (epoch < this.epoch || this.#role.name === 'stopped') return;
    const { nodeId, store } = this.#options;
    const known = store.election.leaderId;
    if (epoch > this.epoch) {
      const deadline = this.#remainingDeadline();
      store.save({ epoch, votedFor: undefined, leaderId });
      if (leaderId === undefined) this.#becomeUnattached(deadline);
      else this.#becomeFollower(leaderId);
      return;
    }
    if (leaderId === undefined) return;
    assert(known === undefined || known === leaderId, `epoch ${epoch} has one leader`);
    if (known === undefined) {
      assert(leaderId !== nodeId, `${nodeId} knows whether it leads`);
      store.save({ ...store.election, leaderId });
      this.#becomeFollower(leaderId);
    }
  };

  #vote(request: RaftRequest<'vote'>): boolean {
    const { store, emit } = this.#options;
    const { epoch, candidateId, preVote } = request;
    if (epoch < this.epoch || this.#role.name === 'stopped') return false;
    if (epoch > this.epoch) this.#heard({ epoch, leaderId: undefined });
    if (preVote) return this.#wouldElect(request);
    if (!this.#mayElect(request)) return false;
    if (store.election.votedFor === candidateId) return true;
    store.save({ ...store.election, votedFor: candidateId });
    emit({ type: 'vote-granted', epoch, candidateId });
    // It has as good a chance as this node would have, so it gets the time for it.
    this.#becomeUnattached(this.#electionDeadline());
    return true;
  }

  /** A follower whose leader is there wants no other: who was cut off disturbs nobody (KIP-996). */
  #wouldElect(request: RaftRequest<'vote'>): boolean {
    const role = this.#role;
    if (role.name === 'leader') return false;
    if (role.name === 'follower' && role.state.hasFetched) return false;
    return this.#isUpToDate(request);
  }

  #mayElect(request: RaftRequest<'vote'>): boolean {
    const { votedFor, leaderId } = this.#options.store.election;
    if (votedFor !== undefined) return votedFor === request.candidateId;
    return leaderId === undefined && this.#isUpToDate(request);
  }

  /** Whoever is elected has all that is committed, for a majority of such logs as this has it. */
  #isUpToDate({ end }: RaftRequest<'vote'>): boolean {
    const own = this.replica.end;
    return end.epoch > own.epoch || (end.epoch === own.epoch && end.offset >= own.offset);
  }

  /** The best successor stands at once, the others one after another. */
  #leaderResigns({ leaderId, preferredSuccessors }: RaftRequest<'endQuorumEpoch'>): void {
    const role = this.#role;
    if (role.name !== 'follower' || leaderId !== this.leaderId) return;
    const { electionBackoffMaxMs } = this.#options.settings();
    const position = preferredSuccessors.indexOf(this.#options.nodeId);
    const baseMs = electionBackoffMaxMs >> (preferredSuccessors.length - 1);
    const backoffMs = position <= 0 ? 0 : baseMs << (position - 1);
    role.state.giveUpAfter(Math.min(electionBackoffMaxMs, backoffMs));
  }

  #becomeUnattached(deadline: number): void {
    this.#enter({
      name: 'unattached',
      deadline: this.#deadline(deadline, () => this.#becomeProspective()),
    });
  }

  #becomeProspective(): void {
    const votes = new Votes(this.#options.voters, this.#options.nodeId);
    const deadline = this.#deadline(this.#electionDeadline(), () => this.#preVoteFailed(undefined));
    const role = { name: 'prospective', deadline, votes } as const;
    this.#enter(role);
    for (const voterId of this.#others) this.#askForVote(role, voterId);
  }

  /** With a leader it goes on following; without one it waits out its time, or asks again. */
  #preVoteFailed(deadline: number | undefined): void {
    const { leaderId } = this;
    if (leaderId !== undefined) this.#becomeFollower(leaderId);
    else if (deadline !== undefined) this.#becomeUnattached(deadline);
    else this.#becomeProspective();
  }

  #becomeCandidate(): void {
    const { nodeId, voters, store } = this.#options;
    store.save({ epoch: this.epoch + 1, votedFor: nodeId, leaderId: undefined });
    const votes = new Votes(voters, nodeId);
    const deadline = this.#deadline(this.#electionDeadline(), () => this.#becomeProspective());
    const role = { name: 'candidate', deadline, votes } as const;
    this.#enter(role);
    if (votes.isWon) this.#becomeLeader();
    else for (const voterId of this.#others) this.#askForVote(role, voterId);
  }

  #becomeLeader(): void {
    const { nodeId, store, claimed } = this.#options;
    store.save({ ...store.election, leaderId: nodeId });
    const state = new LeaderState({
      ...this.#options,
      epoch: this.epoch,
      replica: this.replica,
      standing: this.#standing,
      heard: this.#heard,
      claimed: () => claimed(state),
      deserted: () => this.resign(),
    });
    this.#enter({ name: 'leader', state });
    state.begin();
  }

  #becomeResigned(preferredSuccessors: readonly number[], allKnow = () => {}): void {
    const { nodeId, call } = this.#options;
    const deadline = this.#deadline(this.#electionDeadline(), () =>
      this.#heard({ epoch: this.epoch + 1, leaderId: undefined }),
    );
    this.#enter({ name: 'resigned', deadline });
    const request = { epoch: this.epoch, leaderId: nodeId, preferredSuccessors };
    let unanswered = this.#others.length;
    for (const voterId of this.#others) {
      call(voterId, 'endQuorumEpoch', request, (response) => {
        if (response !== undefined) this.#heard(response);
        if (--unanswered === 0) allKnow();
      });
    }
    if (unanswered === 0) allKnow();
  }

  #becomeFollower(leaderId: number): void {
    assert(leaderId !== this.#options.nodeId, 'nobody follows itself');
    const state = new FollowerState({
      ...this.#options,
      epoch: this.epoch,
      leaderId,
      replica: this.replica,
      heard: this.#heard,
      missed: () => this.#becomeProspective(),
    });
    this.#enter({ name: 'follower', state });
    state.begin();
  }

  #askForVote(role: Nominee, voterId: number): void {
    const { nodeId, call, clock, settings } = this.#options;
    const preVote = role.name === 'prospective';
    const request = { epoch: this.epoch, candidateId: nodeId, end: this.replica.end, preVote };
    call(voterId, 'vote', request, (response) => {
      if (this.#role !== role) return;
      if (response === undefined) {
        clock.after(settings().retryBackoffMs, () => {
          if (this.#role === role) this.#askForVote(role, voterId);
        });
        return;
      }
      this.#heard(response);
      if (this.#role === role) this.#count(role, voterId, response.voteGranted);
    });
  }

  #count(role: Nominee, voterId: number, granted: boolean): void {
    const { votes, name, deadline } = role;
    votes.record(voterId, granted);
    if (votes.isWon) {
      if (name === 'prospective') this.#becomeCandidate();
      else this.#becomeLeader();
    } else if (votes.isLost && name === 'prospective') this.#preVoteFailed(deadline.atMs);
  }

  /** Ends the former role, and only then: what it gives up is answered as the new one. */
  #enter(role: Role): void {
    const before = this.#role;
    this.#role = role;
    if ('deadline' in before) before.deadline.timer.cancel();
    const { epoch, leaderId } = this;
    const isNews = role.name !== before.name || epoch !== this.#toldEpoch;
    this.#toldEpoch = epoch;
    if (isNews && role.name !== 'stopped') {
      this.#options.emit({ type: 'quorum-role-changed', role: role.name, epoch, leaderId });
    }
    if (before.name === 'leader') this.#options.renounced();
    if ('state' in before) before.state.end();
  }

  #deadline(atMs: number, run: () => void): Deadline {
    const { clock } = this.#options;
    return { atMs, timer: clock.after(atMs - clock.now(), run) };
  }

  /** Between one and two election timeouts from now, so that two seldom stand at once. */
  #electionDeadline(): number {
    const { clock, random, settings } = this.#options;
    const { electionTimeoutMs } = settings();
    return clock.now() + electionTimeoutMs + random.below(electionTimeoutMs);
  }

  /** A higher epoch alone gives nobody more time. */
  #remainingDeadline(): number {
    const role = this.#role;
    return 'deadline' in role ? role.deadline.atMs : this.#electionDeadline();
  }
}
