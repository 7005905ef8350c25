import type { ResponseOf } from '../../broker/request-context.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { Heard } from '../laboratory.ts';
import type {
  CommitOutcome,
  FetchOutcome,
  GroupMember,
  MemberOptions,
  MemberState,
} from './group-member.ts';
import { commitOffsets, fetchOffsets, wrongCoordinator } from './member-offsets.ts';
import { MemberWire, retryBackoffMs } from './member-wire.ts';
import { identifiedPartitions, keyOf } from './partition-key.ts';

const joiningEpoch = 0;
const leavingEpoch = -1;
const leavingForAWhileEpoch = -2;
/** Until its predecessor's session has ended, a static member cannot come back. */
const unreleasedBackoffMs = 1000;
/** `retry.backoff.max.ms` (KIP-580). */
const retryBackoffMaxMs = 1000;

type TopicPartitions = NonNullable<
  ResponseOf<'ConsumerGroupHeartbeat'>['assignment']
>['topicPartitions'];

/** A member of a consumer group of the next generation (KIP-848). Its member id is its name. */
export class ConsumerGroupMember implements GroupMember {
  readonly protocol = 'consumer';
  readonly wire: MemberWire;
  readonly #options: MemberOptions;
  #state: MemberState = 'outside';
  #epoch = joiningEpoch;
  #owned: ReadonlySet<string> = new Set();
  /** What it is to own, as the coordinator said it last; undefined: it has all of that. */
  #target: TopicPartitions | undefined;
  #heartbeatIntervalMs = 1000;
  /** Everything has to be said: with a join, and when the last was perhaps not heard. */
  #saysAll = true;
  /** It owns other partitions than it has said. */
  #saysOwned = true;
  #isBeating = false;
  /** How many heartbeats in a row have not been answered. */
  #unheard = 0;
  #isRevoking = false;
  /** Of heartbeats to come the last one that was planned counts. */
  #plan = 0;
  readonly #names = new Map<string, string>();

  /** Requests that have reached a broker. */
  readonly #arrived = new WeakSet<object>();

  constructor(options: MemberOptions) {
    this.#options = options;
    this.wire = new MemberWire({
      ...options,
      arrived: (brokerId, api, request) => {
        options.arrived?.(brokerId, api, request);
        // The answer to a second copy is heard by nobody, and an assignment is told only once.
        if (this.#arrived.has(request)) this.#saysAll = true;
        this.#arrived.add(request);
      },
    });
  }

  get name(): string {
    return this.#options.name;
  }

  get groupId(): string {
    return this.#options.groupId;
  }

  get topics(): readonly string[] {
    return this.#options.topics;
  }

  get instanceId(): string | null {
    return this.#options.instanceId ?? null;
  }

  get state(): MemberState {
    return this.#state;
  }

  get memberId(): string {
    return this.name;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get owned(): ReadonlySet<string> {
    return this.#owned;
  }

  get isStalled(): boolean {
    return this.wire.process.isPaused;
  }

  start(): void {
    this.#state = 'joining';
    this.#beat();
  }

  leave(forGood = true): void {
    const { process } = this.wire;
    const isForAWhile = this.instanceId !== null && !forGood;
    this.#end('outside');
    this.#epoch = isForAWhile ? leavingForAWhileEpoch : leavingEpoch;
    this.wire.ask(
      'ConsumerGroupHeartbeat',
      () => this.#request(),
      () => process.end(),
    );
  }

  crash(): void {
    this.wire.process.end();
    this.#end('outside');
  }

  stall(): void {
    this.wire.process.pause();
  }

  resume(): void {
    this.wire.process.resume();
  }

  commit(offsets: ReadonlyMap<string, number>, done: (outcome: CommitOutcome) => void): void {
    const identity = {
      groupId: this.groupId,
      memberId: this.memberId,
      groupInstanceId: this.instanceId,
      generationIdOrMemberEpoch: this.#epoch,
    };
    // STALE_MEMBER_EPOCH is no end: the next heartbeat brings the epoch.
    commitOffsets(this.wire, identity, offsets, done);
  }

  fetchOffsets(keys: readonly string[], done: (outcome: FetchOutcome) => void): void {
    const { groupId, memberId, epoch: memberEpoch } = this;
    fetchOffsets(this.wire, { groupId, memberId, memberEpoch }, keys, done);
  }

  #end(state: MemberState): void {
    this.#plan++;
    this.#state = state;
    this.#target = undefined;
    this.#own(new Set(), undefined);
  }

  #own(owned: ReadonlySet<string>, brokerId: number | undefined): void {
    this.#owned = owned;
    this.#saysOwned = true;
    this.#options.ownedChanged?.(this, brokerId);
  }

  #beatLater(delayMs: number): void {
    const plan = ++this.#plan;
    this.wire.process.after(delayMs, () => {
      if (plan === this.#plan) this.#beat();
    });
  }

  /** One heartbeat at a time: what has changed meanwhile goes with the next. */
  #beat(): void {
    if (this.#isBeating || this.#state === 'outside' || this.#state === 'fenced') return;
    this.#plan++;
    this.#isBeating = true;
    const request = () => {
      const isEnded = this.#state === 'outside' || this.#state === 'fenced';
      return isEnded ? undefined : this.#request();
    };
    this.wire.ask('ConsumerGroupHeartbeat', request, (heard, brokerId) => {
      this.#isBeating = false;
      if (this.#state !== 'outside' && this.#state !== 'fenced') this.#heard(heard, brokerId);
    });
  }

  #request() {
    const { rebalanceTimeoutMs = 10_000 } = this.#options;
    const isLeaving = this.#epoch < joiningEpoch;
    const all = (this.#saysAll || this.#epoch === joiningEpoch) && !isLeaving;
    const owned = identifiedPartitions(this.#owned, (topic) => this.#names.get(topic));
    const saysOwned = (all || this.#saysOwned) && !isLeaving;
    this.#saysAll = false;
    this.#saysOwned = false;
    return {
      ...{ groupId: this.groupId, memberId: this.memberId, memberEpoch: this.#epoch },
      ...{ instanceId: this.instanceId, rackId: null, serverAssignor: null },
      rebalanceTimeoutMs: all ? rebalanceTimeoutMs : -1,
      subscribedTopicNames: all ? [...this.topics] : null,
      subscribedTopicRegex: null,
      topicPartitions: saysOwned ? owned : null,
    };
  }

  #heard(heard: Heard<'ConsumerGroupHeartbeat'>, brokerId: number): void {
    if (typeof heard === 'string') {
      this.#saysAll = true;
      this.#beatLater(Math.min(retryBackoffMs * 2 ** this.#unheard++, retryBackoffMaxMs));
    } else if (heard.errorCode !== ErrorCode.NONE) {
      this.#saysAll = true;
      this.#heardError(heard.errorCode);
    } else {
      this.#unheard = 0;
      this.#epoch = heard.memberEpoch;
      this.#state = 'stable';
      this.#heartbeatIntervalMs = heard.heartbeatIntervalMs;
      this.#beatLater(heard.heartbeatIntervalMs);
      if (heard.assignment !== null) this.#target = heard.assignment.topicPartitions;
      this.#reconcile(brokerId);
    }
  }

  #heardError(errorCode: number): void {
    if (wrongCoordinator.includes(errorCode)) this.wire.forgetCoordinator();
    switch (errorCode) {
      case ErrorCode.FENCED_MEMBER_EPOCH:
      case ErrorCode.UNKNOWN_MEMBER_ID:
      // A group that was lost with its log: Java's consumer gives up, and is started anew.
      case ErrorCode.GROUP_ID_NOT_FOUND:
        // All it had may be somebody else's by now.
        this.#epoch = joiningEpoch;
        this.#state = 'joining';
        this.#target = undefined;
        this.#own(new Set(), undefined);
        this.#beat();
        break;
      case ErrorCode.UNRELEASED_INSTANCE_ID:
        this.#beatLater(unreleasedBackoffMs);
        break;
      case ErrorCode.FENCED_INSTANCE_ID:
      case ErrorCode.INVALID_REQUEST:
      case ErrorCode.GROUP_MAX_SIZE_REACHED:
        this.#end('fenced');
        break;
      default:
        this.#beatLater(retryBackoffMs);
    }
  }

  /** Lets go of what is no longer its own, then takes what is, and says so. */
  #reconcile(brokerId: number): void {
    if (this.#target === undefined || this.#isRevoking) return;
    const target = this.#resolved(this.#target);
    const gone = new Set([...this.#owned].filter((key) => !target.has(key)));
    const { revokeMs = 0, letGo } = this.#options;
    if (gone.size === 0 || (revokeMs === 0 && letGo === undefined)) {
      this.#take(target, brokerId);
      return;
    }
    const epoch = this.#epoch;
    this.#isRevoking = true;
    const take = () => {
      this.#isRevoking = false;
      if (this.#target === undefined || this.#epoch < epoch) return;
      this.#take(this.#resolved(this.#target), brokerId);
    };
    if (letGo === undefined) this.wire.process.after(revokeMs, take);
    else letGo(gone, take);
  }

  #take(target: ReadonlySet<string>, brokerId: number): void {
    const isSame =
      target.size === this.#owned.size && [...target].every((key) => this.#owned.has(key));
    const isWhole = target.size === this.#target!.flatMap(({ partitions }) => partitions).length;
    if (isWhole) this.#target = undefined;
    if (!isSame) this.#own(target, brokerId);
    // That it has done what it was told is said at once, even if nothing was to be done.
    this.#saysOwned = true;
    if (isWhole) this.#beatLater(0);
  }

  /** Topics that it has not heard of yet are left out. */
  #resolved(assignment: TopicPartitions): Set<string> {
    const topics = this.wire.topics()?.topicsById;
    const known = new Map([...this.#names].map(([topic, topicId]) => [topicId, topic]));
    return new Set(
      assignment.flatMap(({ topicId, partitions }) => {
        const topic = known.get(topicId) ?? topics?.get(topicId)?.name;
        if (topic === undefined) return [];
        this.#names.set(topic, topicId);
        return partitions.map((partition) => keyOf({ topic, partition }));
      }),
    );
  }
}
