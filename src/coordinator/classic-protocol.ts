import { assert } from '../assert.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { JoinGroupResponse } from '../protocol/messages/join-group.ts';
import type { SyncGroupRequest, SyncGroupResponse } from '../protocol/messages/sync-group.ts';
import { type GroupMetadataValue, groupMetadata, membersOf } from './classic-group-record.ts';
import { type ClassicJoin, ClassicMember, termsOf } from './classic-member.ts';
import { ClassicMembers } from './classic-members.ts';
import { joined, joinFailed, type Reply, synced, syncFailed } from './classic-replies.ts';
import {
  type ClassicState,
  type ClassicStateName,
  isParked,
  previousStates,
  refuse,
  refuseAll,
} from './classic-state.ts';
import { coordinatorError } from './coordinator-error.ts';
import type { CoordinatorEvent } from './coordinator-event.ts';
import type { GroupHost } from './group.ts';
import { randomUuidText } from './random-uuid-text.ts';
import { Sessions } from './sessions.ts';

/** A member that does not know its id yet cannot send heartbeats, and keeps its place so long. */
const newMemberJoinTimeoutMs = 5 * 60_000;

/**
 * How the members of a classic group come to a generation: all join, one of them leads and assigns,
 * all fetch their assignments, and heartbeats keep them in. Only generations with their assignments
 * are written down; who has joined so far and waits for what dies with the coordinator.
 */
export class ClassicProtocol {
  readonly groupId: string;
  readonly members = new ClassicMembers();
  readonly #host: GroupHost;
  readonly #sessions: Sessions;
  /** Member ids that were given out and not used yet. */
  readonly #pending = new Set<string>();
  #state: ClassicState = { name: 'Empty' };
  #stateSinceMs: number | undefined;
  #generationId = 0;
  #protocolType: string | null = null;
  #protocolName: string | null = null;

  constructor(groupId: string, host: GroupHost, written?: GroupMetadataValue) {
    this.groupId = groupId;
    this.#host = host;
    this.#sessions = new Sessions(host);
    if (written === undefined) this.#stateSinceMs = host.clock.now();
    else this.#restore(written);
  }

  get state(): ClassicStateName {
    return this.#state.name;
  }

  /** When it came into its state; undefined: a record of old did not say. */
  get stateSinceMs(): number | undefined {
    return this.#stateSinceMs;
  }

  get generationId(): number {
    return this.#generationId;
  }

  get protocolType(): string | null {
    return this.#protocolType;
  }

  get protocolName(): string | null {
    return this.#protocolName;
  }

  join(join: ClassicJoin, reply: Reply<JoinGroupResponse>): void {
    const { memberId } = join;
    if (this.#state.name === 'Dead') {
      reply(joinFailed(memberId, ErrorCode.COORDINATOR_NOT_AVAILABLE));
    } else if (!this.#hasRoomFor(memberId)) {
      this.#removeMember(memberId, 'the group is full');
      reply(joinFailed('', ErrorCode.GROUP_MAX_SIZE_REACHED));
    } else if (!this.#supports(join)) {
      reply(joinFailed(memberId, ErrorCode.INCONSISTENT_GROUP_PROTOCOL));
    } else if (memberId === '') {
      this.#joinNew(join, reply);
    } else if (this.#pending.has(memberId)) {
      this.#add(memberId, join, reply);
    } else {
      this.#joinAgain(join, reply);
    }
  }

  sync(request: SyncGroupRequest, reply: Reply<SyncGroupResponse>): void {
    const errorCode = this.#checkSync(request);
    const state = this.#state;
    if (errorCode !== ErrorCode.NONE) reply(syncFailed(errorCode));
    else if (state.name === 'CompletingRebalance') {
      state.syncs.set(request.memberId, reply);
      this.#syncArrived(request.memberId);
      if (request.memberId === this.members.leaderId) this.#assign(request);
    } else {
      this.#syncArrived(request.memberId);
      reply(synced(this, this.members.get(request.memberId)!));
    }
  }

  heartbeat(memberId: string, groupInstanceId: string | null, generationId: number): ErrorCode {
    const errorCode = this.checkMember(memberId, groupInstanceId, generationId);
    if (errorCode !== ErrorCode.NONE) return errorCode;
    const { name } = this.#state;
    if (name === 'Empty' || name === 'Dead') return ErrorCode.UNKNOWN_MEMBER_ID;
    this.#armSession(this.members.get(memberId)!);
    return name === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
  }

  /** `leaving`: ids of members; a static one may go by its instance alone (KIP-345). */
  leave(
    leaving: readonly { readonly memberId: string; readonly groupInstanceId: string | null }[],
    reason: string,
  ): ErrorCode[] {
    const errorCodes = leaving.map(({ memberId, groupInstanceId }) => {
      const meant =
        memberId === '' && groupInstanceId !== null
          ? (this.members.staticMemberId(groupInstanceId) ?? '')
          : memberId;
      if (this.#dropPending(meant)) return ErrorCode.NONE;
      const errorCode = this.members.check(meant, groupInstanceId);
      if (errorCode === ErrorCode.NONE) this.#removeMember(meant, reason);
      return errorCode;
    });
    if (errorCodes.includes(ErrorCode.NONE)) this.#membersChanged();
    return errorCodes;
  }

  /** Is it a member, and of this generation? */
  checkMember(memberId: string, groupInstanceId: string | null, generationId: number): ErrorCode {
    const errorCode = this.members.check(memberId, groupInstanceId);
    if (errorCode !== ErrorCode.NONE) return errorCode;
    return generationId === this.#generationId ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
  }

  /** The member has been heard of. */
  touch(memberId: string): void {
    const member = this.members.get(memberId);
    if (member !== undefined) this.#armSession(member);
  }

  /** All members have been read from the log: their sessions begin. */
  loaded(): void {
    for (const member of this.members.all()) this.#armSession(member);
    if (this.members.size > this.#host.settings.groupMaxSize) this.#prepareRebalance();
  }

  /** It was a consumer group until now. If its target is old, its members find together anew. */
  takeOver(rebalances: boolean): void {
    this.loaded();
    if (rebalances && this.#state.name === 'Stable') this.#prepareRebalance();
  }

  unload(errorCode: ErrorCode): void {
    this.#leaveState(errorCode);
    this.#sessions.cancelAll();
  }

  /** It is deleted, was never written, or has become a consumer group: then members may wait. */
  end(errorCode: ErrorCode = ErrorCode.REBALANCE_IN_PROGRESS): void {
    this.unload(errorCode);
    this.#become({ name: 'Dead' });
  }

  #restore(written: GroupMetadataValue): void {
    this.#generationId = written.generation;
    this.#protocolType = written.protocolType === '' ? null : written.protocolType;
    this.#protocolName = written.protocol;
    const { currentStateTimestamp } = written;
    this.#stateSinceMs = currentStateTimestamp === -1 ? undefined : currentStateTimestamp;
    for (const member of membersOf(written)) this.members.add(member);
    if (written.leader !== null) this.members.leaderId = written.leader;
    if (this.members.size > 0) this.#state = { name: 'Stable', awaited: undefined };
  }

  #supports({ protocolType, protocols }: ClassicJoin): boolean {
    if (this.#state.name === 'Empty') return protocolType !== '' && protocols.length > 0;
    return protocolType === this.#protocolType && this.members.supportAny(protocols);
  }

  /** Who was there before the group was full, or before its limit came down, may come back. */
  #hasRoomFor(memberId: string): boolean {
    const state = this.#state;
    const { groupMaxSize } = this.#host.settings;
    if (state.name === 'Empty' || state.name === 'Dead') return true;
    if (state.name === 'PreparingRebalance') {
      return state.joins.has(memberId) || state.joins.size < groupMaxSize;
    }
    return this.members.has(memberId) || this.members.size < groupMaxSize;
  }

  #joinNew(join: ClassicJoin, reply: Reply<JoinGroupResponse>): void {
    const { groupInstanceId, clientId } = join;
    const memberId = `${groupInstanceId ?? clientId}-${randomUuidText(this.#host.random)}`;
    const olderId =
      groupInstanceId === null ? undefined : this.members.staticMemberId(groupInstanceId);
    if (olderId !== undefined) {
      this.#replaceStatic(this.members.get(olderId)!, memberId, join, reply);
    } else if (join.needsMemberId) {
      this.#pending.add(memberId);
      this.#sessions.arm(memberId, join.sessionTimeoutMs, () => {
        if (this.#dropPending(memberId)) this.#maybeCompleteJoin();
      });
      reply(joinFailed(memberId, ErrorCode.MEMBER_ID_REQUIRED));
    } else {
      this.#add(memberId, join, reply);
    }
  }

  #joinAgain(join: ClassicJoin, reply: Reply<JoinGroupResponse>): void {
    const { memberId } = join;
    const errorCode = this.members.check(memberId, join.groupInstanceId);
    if (errorCode !== ErrorCode.NONE) {
      reply(joinFailed(memberId, errorCode));
      return;
    }
    const member = this.members.get(memberId)!;
    const { name } = this.#state;
    assert(name !== 'Empty' && name !== 'Dead', 'a member of a group that has none');
    const leads = memberId === this.members.leaderId;
    // It may have missed the reply; but who leads, and asks in a stable group, assigns anew.
    const mayStay = name === 'CompletingRebalance' || (name === 'Stable' && !leads);
    if (mayStay && member.matches(join.protocols)) {
      reply(joined(this, member, name === 'CompletingRebalance' && leads));
      return;
    }
    this.members.setTerms(member, termsOf(join));
    this.#rebalanceWith(memberId, reply);
  }

  #add(memberId: string, join: ClassicJoin, reply: Reply<JoinGroupResponse>): void {
    this.#dropPending(memberId);
    const member = new ClassicMember({ ...join, memberId }, termsOf(join));
    member.isNew = true;
    const state = this.#state;
    if (state.name === 'PreparingRebalance' && state.initial) state.initial.memberAdded = true;
    if (this.members.size === 0) this.#protocolType = join.protocolType;
    this.members.add(member);
    this.#emit({ type: 'member-joined', memberId });
    this.#armSession(member, newMemberJoinTimeoutMs);
    this.#rebalanceWith(memberId, reply);
  }

  /** A static member comes back under a new id: the old one is fenced from now on (KIP-345). */
  #replaceStatic(
    older: ClassicMember,
    memberId: string,
    join: ClassicJoin,
    reply: Reply<JoinGroupResponse>,
  ): void {
    const state = this.#state;
    const member = older.renamed({ ...join, memberId });
    const formerLeader = this.members.leaderId;
    refuse(this.#state, older.memberId, ErrorCode.FENCED_INSTANCE_ID);
    this.#sessions.cancel(older.memberId);
    this.members.replace(older, member);
    this.#armSession(member);
    this.members.setTerms(member, termsOf(join));
    const keeps = state.name === 'Stable' && this.members.selectProtocol() === this.#protocolName;
    if (!keeps) {
      this.#rebalanceWith(memberId, reply);
      return;
    }
    this.#host.write([groupMetadata(this)], (errorCode) => {
      if (errorCode !== ErrorCode.NONE) {
        if (this.#host.isActive && this.members.get(memberId) === member) {
          this.members.replace(member, older);
          this.#armSession(older);
        }
        reply(joinFailed('', coordinatorError(errorCode)));
        return;
      }
      const leads = join.maySkipAssignment && memberId === this.members.leaderId;
      const told = joined(this, member, leads);
      const leader = join.maySkipAssignment ? told.leader : (formerLeader ?? '');
      reply({ ...told, leader, skipAssignment: leads });
    });
  }

  /** Parks the reply until the next generation begins, for which this member has come. */
  #rebalanceWith(memberId: string, reply: Reply<JoinGroupResponse>): void {
    if (this.#state.name !== 'PreparingRebalance') this.#prepareRebalance();
    const state = this.#state;
    assert(state.name === 'PreparingRebalance', 'members join while a rebalance is prepared');
    state.joins.set(memberId, reply);
    this.#maybeCompleteJoin();
  }

  /** Someone has gone: the others must share what it had. */
  #membersChanged(): void {
    const { name } = this.#state;
    if (name === 'Stable' || name === 'CompletingRebalance') this.#prepareRebalance();
    this.#maybeCompleteJoin();
  }

  /**
   * Parked joins wait for all other members, at most for the longest of their rebalance timeouts.
   * A group that was empty waits `group.initial.rebalance.delay.ms` instead. Heartbeats are told to
   * join again.
   */
  #prepareRebalance(): void {
    const isInitial = this.#state.name === 'Empty';
    const initial = isInitial ? { memberAdded: false } : undefined;
    const joins = new Map<string, Reply<JoinGroupResponse>>();
    const state: ClassicState = { name: 'PreparingRebalance', joins, initial, timer: undefined };
    this.#leaveState(ErrorCode.REBALANCE_IN_PROGRESS);
    this.#become(state);
    const { clock, settings } = this.#host;
    if (isInitial) {
      // The member that comes first is added already, and decides how long that may take.
      const delayMs = settings.groupInitialRebalanceDelayMs;
      this.#waitForMore(delayMs, Math.max(this.members.rebalanceTimeoutMs - delayMs, 0));
    } else {
      const giveUp = () => this.#completeJoin();
      state.timer = clock.after(this.members.rebalanceTimeoutMs, giveUp);
    }
  }

  #waitForMore(delayMs: number, remainingMs: number): void {
    const state = this.#state;
    assert(state.name === 'PreparingRebalance' && state.initial, 'only an empty group waits');
    state.timer = this.#host.clock.after(delayMs, () => {
      if (!state.initial?.memberAdded || remainingMs === 0) {
        this.#completeJoin();
        return;
      }
      state.initial.memberAdded = false;
      const nextMs = Math.min(this.#host.settings.groupInitialRebalanceDelayMs, remainingMs);
      this.#waitForMore(nextMs, Math.max(remainingMs - delayMs, 0));
    });
  }

  #maybeCompleteJoin(): void {
    const state = this.#state;
    if (state.name !== 'PreparingRebalance' || state.initial !== undefined) return;
    const isComplete = state.joins.size === this.members.size && this.#pending.size === 0;
    if (isComplete) this.#completeJoin();
  }

  /** Whoever has not joined by now is out; a static member stays for its session (KIP-345). */
  #completeJoin(): void {
    const state = this.#state;
    assert(state.name === 'PreparingRebalance', 'no join phase to complete');
    const { joins } = state;
    for (const { memberId, groupInstanceId } of this.members.all()) {
      if (joins.has(memberId) || groupInstanceId !== null) continue;
      this.#removeMember(memberId, 'it did not join again in time');
    }
    state.timer?.cancel();
    if (this.members.size > 0 && joins.size === 0) {
      // Who takes no time at all must not stop it.
      const waitMs = Math.max(1, this.members.rebalanceTimeoutMs);
      state.timer = this.#host.clock.after(waitMs, () => this.#completeJoin());
      return;
    }
    this.#generationId++;
    if (this.members.size === 0) this.#becomeEmpty();
    else this.#becomeCompletingRebalance(joins);
  }

  #becomeEmpty(): void {
    this.#protocolName = null;
    this.#become({ name: 'Empty' });
    // If this fails, the next coordinator will see the members expire once more.
    this.#host.write([groupMetadata(this)], () => {});
  }

  /** Everyone knows the generation; heartbeats are well; the leader's assignments are awaited. */
  #becomeCompletingRebalance(joins: ReadonlyMap<string, Reply<JoinGroupResponse>>): void {
    if (!joins.has(this.members.leaderId ?? '')) {
      this.members.leaderId = this.members
        .all()
        .find(({ memberId }) => joins.has(memberId))!.memberId;
    }
    this.#protocolName = this.members.selectProtocol();
    const members = this.members.all();
    const memberIds = new Set(members.map(({ memberId }) => memberId));
    const giveUp = () => this.#dropThoseWithoutSync();
    const timer = this.#host.clock.after(this.members.rebalanceTimeoutMs, giveUp);
    const awaited = { memberIds, timer };
    this.#become({ name: 'CompletingRebalance', syncs: new Map(), awaited });
    const generationId = this.#generationId;
    this.#emit({ type: 'generation-started', generationId, members: [...memberIds] });
    for (const member of members) {
      this.#armSession(member);
      member.isNew = false;
      const leads = member.memberId === this.members.leaderId;
      joins.get(member.memberId)?.(joined(this, member, leads));
    }
  }

  #dropThoseWithoutSync(): void {
    const state = this.#state;
    if (state.name !== 'CompletingRebalance' && state.name !== 'Stable') return;
    for (const memberId of state.awaited?.memberIds ?? []) {
      this.#removeMember(memberId, 'it did not fetch its assignment in time');
    }
    this.#membersChanged();
  }

  #syncArrived(memberId: string): void {
    const state = this.#state;
    if (!('awaited' in state)) return;
    state.awaited?.memberIds.delete(memberId);
    if (state.awaited?.memberIds.size === 0) state.awaited.timer.cancel();
  }

  /** The leader has spoken. Once that is written, the group is stable. */
  #assign({ assignments, generationId }: SyncGroupRequest): void {
    const given = new Map(
      assignments.map(({ memberId, assignment }) => [memberId, new Uint8Array(assignment)]),
    );
    const assignmentOf = ({ memberId }: ClassicMember) => given.get(memberId) ?? new Uint8Array();
    this.#host.write([groupMetadata(this, assignmentOf)], (errorCode) => {
      const state = this.#state;
      // Meanwhile others may have joined, or the group is no longer ours.
      if (state.name !== 'CompletingRebalance' || generationId !== this.#generationId) return;
      if (errorCode !== ErrorCode.NONE) {
        this.#leaveState(coordinatorError(errorCode));
        if (this.#host.isActive) this.#membersChanged();
        return;
      }
      for (const member of this.members.all()) member.assignment = assignmentOf(member);
      const { syncs, awaited } = state;
      this.#become({ name: 'Stable', awaited });
      for (const [memberId, reply] of syncs) {
        const member = this.members.get(memberId)!;
        this.#armSession(member);
        reply(synced(this, member));
      }
    });
  }

  #become(state: ClassicState): void {
    const from = this.#state.name;
    assert(previousStates[state.name].includes(from), `a group goes from ${from} to ${state.name}`);
    this.#state = state;
    this.#stateSinceMs = this.#host.clock.now();
    this.#emit({ type: 'group-state-changed', from, to: state.name });
  }

  #checkSync(request: SyncGroupRequest): ErrorCode {
    const { memberId, groupInstanceId, generationId, protocolType, protocolName } = request;
    if (this.#state.name === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    const errorCode = this.checkMember(memberId, groupInstanceId, generationId);
    if (errorCode !== ErrorCode.NONE) return errorCode;
    const isConsistent =
      (protocolType === null || protocolType === this.#protocolType) &&
      (protocolName === null || protocolName === this.#protocolName);
    if (!isConsistent) return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
    if (this.#state.name === 'Empty') return ErrorCode.UNKNOWN_MEMBER_ID;
    const prepares = this.#state.name === 'PreparingRebalance';
    return prepares ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
  }

  #armSession(member: ClassicMember, timeoutMs = member.terms.sessionTimeoutMs): void {
    const { memberId } = member;
    this.#sessions.arm(memberId, timeoutMs, () => {
      if (this.members.get(memberId) !== member) return;
      // Who waits for us is not expected to say anything, unless it cannot be told from one gone.
      if (isParked(this.#state, memberId) && !member.isNew) return;
      this.#removeMember(memberId, 'its session timed out');
      this.#membersChanged();
    });
  }

  /** Answers whoever waits in this state; sessions of those who did begin anew. */
  #leaveState(errorCode: ErrorCode): void {
    for (const memberId of refuseAll(this.#state, errorCode)) this.touch(memberId);
  }

  #dropPending(memberId: string): boolean {
    if (!this.#pending.delete(memberId)) return false;
    this.#sessions.cancel(memberId);
    return true;
  }

  #removeMember(memberId: string, reason: string): void {
    refuse(this.#state, memberId, ErrorCode.UNKNOWN_MEMBER_ID);
    this.#sessions.cancel(memberId);
    this.members.remove(memberId);
    this.#syncArrived(memberId);
    this.#emit({ type: 'member-left', memberId, reason });
  }

  #emit(event: CoordinatorEvent): void {
    this.#host.emit(event, this.groupId);
  }
}
