import type { ResponseOf } from '../../broker/request-context.ts';
import type { ClusterMetadata } from '../../controller/cluster-metadata.ts';
import {
  readAssignment,
  readSubscription,
  writeAssignment,
  writeSubscription,
} from '../../coordinator/consumer-protocol.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { Heard } from '../laboratory.ts';
import { assignPartitions } from './assign-partitions.ts';
import type {
  CommitOutcome,
  FetchOutcome,
  GroupMember,
  MemberOptions,
  MemberState,
} from './group-member.ts';
import { commitOffsets, fetchOffsets, wrongCoordinator } from './member-offsets.ts';
import { MemberWire, retryBackoffMs } from './member-wire.ts';
import { keysOf, namedPartitions } from './partition-key.ts';

interface ClassicMemberOptions extends MemberOptions {
  /** Lets go only of what it has to (KIP-429); else of everything before each join. */
  readonly cooperative: boolean;
  readonly sessionTimeoutMs?: number;
  readonly heartbeatIntervalMs?: number;
  /**
   * A static leader that comes back takes what was assigned for right, as Java's does, and would
   * not notice that a topic has grown meanwhile; by default it assigns anew.
   */
  readonly trustsFormerLeader?: boolean;
}

type JoinResponse = ResponseOf<'JoinGroup'>;

/** What comes on top of the rebalance timeout before a join is given up, as in Java's consumer. */
const joinGraceMs = 5000;
const noGeneration = -1;

/** A member of a classic group, as Java's consumer is one: eager or cooperative, static or not. */
export class ClassicGroupMember implements GroupMember {
  readonly protocol = 'classic';
  readonly wire: MemberWire;
  readonly #options: ClassicMemberOptions;
  #state: MemberState = 'outside';
  #memberId = '';
  #generationId = noGeneration;
  #protocolName: string | null = null;
  #owned: ReadonlySet<string> = new Set();
  /** The generation in which it was given what it owns. */
  #ownedSince = noGeneration;
  /** Of the topics, when it assigned them last as the leader; undefined: it does not lead. */
  #assignedCounts: string | undefined;
  /** What belongs to an earlier attempt to join is of no interest any more. */
  #attempt = 0;
  #isRevoking = false;

  constructor(options: ClassicMemberOptions) {
    this.#options = options;
    this.wire = new MemberWire(options);
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
    return this.#memberId;
  }

  get epoch(): number {
    return this.#generationId;
  }

  get owned(): ReadonlySet<string> {
    return this.#owned;
  }

  get isStalled(): boolean {
    return this.wire.process.isPaused;
  }

  start(): void {
    this.#rejoin();
    this.#beatLater();
  }

  leave(forGood = true): void {
    const { groupId, instanceId, memberId } = this;
    const isSaid = memberId !== '' && (instanceId === null || forGood);
    this.#end('outside');
    const { process } = this.wire;
    if (!isSaid) {
      process.end();
      return;
    }
    const members = [{ memberId, groupInstanceId: instanceId, reason: null }];
    const request = { groupId, memberId: '', members };
    this.wire.ask(
      'LeaveGroup',
      () => request,
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
    const attempt = this.#attempt;
    commitOffsets(this.wire, this.#identity, offsets, (outcome) => {
      const [errorCode = ErrorCode.NONE] = outcome.errorCodes?.values() ?? [];
      if (attempt === this.#attempt && this.#state === 'stable') this.#heardError(errorCode);
      done(outcome);
    });
  }

  fetchOffsets(keys: readonly string[], done: (outcome: FetchOutcome) => void): void {
    // Java's classic consumer does not say who it is when it asks what is committed.
    const anybody = { groupId: this.groupId, memberId: null, memberEpoch: -1 };
    fetchOffsets(this.wire, anybody, keys, done);
  }

  get #identity() {
    return {
      groupId: this.groupId,
      memberId: this.#memberId,
      groupInstanceId: this.instanceId,
      generationIdOrMemberEpoch: this.#generationId,
    };
  }

  #end(state: MemberState): void {
    this.#attempt++;
    this.#state = state;
    this.#own(new Set(), undefined);
  }

  #own(owned: ReadonlySet<string>, brokerId: number | undefined): void {
    this.#owned = owned;
    this.#options.ownedChanged?.(this, brokerId);
  }

  #rejoin(): void {
    const attempt = ++this.#attempt;
    this.#state = 'joining';
    const gone = this.#options.cooperative ? new Set<string>() : this.#owned;
    this.#revoke(gone, attempt, () => this.#join(attempt));
  }

  #rejoinLater(): void {
    const attempt = ++this.#attempt;
    this.#state = 'joining';
    this.wire.process.after(retryBackoffMs, () => {
      if (attempt === this.#attempt) this.#rejoin();
    });
  }

  /** Its generation is over without it: whatever it owned may be somebody else's. */
  #reset(keepsMemberId: boolean): void {
    if (!keepsMemberId) this.#memberId = '';
    this.#generationId = noGeneration;
    this.#own(new Set(), undefined);
  }

  #revoke(gone: ReadonlySet<string>, attempt: number, done: () => void): void {
    const { revokeMs = 0, letGo } = this.#options;
    const drop = () => {
      this.#isRevoking = false;
      if (attempt !== this.#attempt) return;
      if (gone.size > 0) {
        this.#own(new Set([...this.#owned].filter((key) => !gone.has(key))), undefined);
      }
      done();
    };
    if (gone.size === 0 || (revokeMs === 0 && letGo === undefined)) {
      drop();
      return;
    }
    this.#isRevoking = true;
    if (letGo === undefined) this.wire.process.after(revokeMs, drop);
    else letGo(gone, drop);
  }

  #join(attempt: number): void {
    const { rebalanceTimeoutMs = 10_000, sessionTimeoutMs = 10_000, cooperative } = this.#options;
    const metadata = writeSubscription({
      topics: [...this.topics],
      userData: null,
      ownedPartitions: cooperative ? namedPartitions(this.#owned) : [],
      generationId: this.#ownedSince,
      rackId: null,
    });
    const request = () => {
      if (attempt !== this.#attempt) return undefined;
      return {
        ...{ groupId: this.groupId, sessionTimeoutMs, rebalanceTimeoutMs },
        ...{ memberId: this.#memberId, groupInstanceId: this.instanceId },
        ...{ protocolType: 'consumer', reason: null },
        protocols: [{ name: cooperative ? 'cooperative-sticky' : 'roundrobin', metadata }],
      };
    };
    const heard = (answer: Heard<'JoinGroup'>) => {
      if (attempt === this.#attempt) this.#joinAnswered(answer);
    };
    this.wire.ask('JoinGroup', request, heard, rebalanceTimeoutMs + joinGraceMs);
  }

  #joinAnswered(answer: Heard<'JoinGroup'>): void {
    if (typeof answer === 'string') {
      this.#rejoinLater();
    } else if (answer.errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      this.#memberId = answer.memberId;
      this.#rejoin();
    } else if (answer.errorCode === ErrorCode.NONE) {
      this.#memberId = answer.memberId;
      this.#generationId = answer.generationId;
      this.#protocolName = answer.protocolName;
      this.#sync(answer);
    } else {
      this.#heardError(answer.errorCode);
    }
  }

  #sync(joined: JoinResponse): void {
    this.#state = 'syncing';
    const attempt = this.#attempt;
    this.#assignedCounts = undefined;
    const leads = joined.leader === joined.memberId;
    const topics = this.wire.topics();
    const assigns = leads && !joined.skipAssignment;
    const assignments = assigns ? this.#assign(joined, topics) : [];
    // For how many partitions the last assignment was, who has not made it does not know.
    const isKnown = assigns || this.#options.trustsFormerLeader === true;
    if (leads) this.#assignedCounts = isKnown ? this.#counts(topics) : 'unknown';
    const request = {
      ...{ groupId: this.groupId, generationId: this.#generationId, memberId: this.#memberId },
      ...{ groupInstanceId: this.instanceId, protocolType: 'consumer' },
      ...{ protocolName: this.#protocolName, assignments },
    };
    const { rebalanceTimeoutMs = 10_000 } = this.#options;
    this.wire.ask(
      'SyncGroup',
      () => (attempt === this.#attempt ? request : undefined),
      (answer, brokerId) => {
        if (attempt !== this.#attempt) return;
        if (typeof answer === 'string') this.#rejoinLater();
        else if (answer.errorCode === ErrorCode.NONE) this.#assigned(answer.assignment, brokerId);
        else this.#heardError(answer.errorCode);
      },
      rebalanceTimeoutMs + joinGraceMs,
    );
  }

  /** It leads, and says for all who gets what. */
  #assign(
    { members }: JoinResponse,
    topics: ClusterMetadata | undefined,
  ): { memberId: string; assignment: Uint8Array }[] {
    const subscribers = members.map(({ memberId, metadata }) => {
      const read = readSubscription(metadata);
      const owned = keysOf(read?.ownedPartitions ?? []);
      const generationId = read?.generationId ?? noGeneration;
      return { memberId, topics: read?.topics ?? [], owned, generationId };
    });
    const assigned = assignPartitions(
      subscribers,
      (topic) => topics?.topicsByName.get(topic)?.partitions.length ?? 0,
      this.#options.cooperative,
    );
    return members.map(({ memberId, metadata }) => {
      const partitions = namedPartitions(assigned.get(memberId) ?? []);
      return { memberId, assignment: writeAssignment(partitions, metadata) };
    });
  }

  #assigned(assignment: Uint8Array, brokerId: number): void {
    const keys = new Set(keysOf(readAssignment(assignment)?.assignedPartitions ?? []));
    const gone = new Set([...this.#owned].filter((key) => !keys.has(key)));
    this.#state = 'stable';
    this.#ownedSince = this.#generationId;
    this.#own(new Set([...keys, ...gone]), brokerId);
    if (gone.size === 0) return;
    // The others get what it has let go of with the rebalance that follows (KIP-429).
    this.#revoke(gone, this.#attempt, () => this.#rejoin());
  }

  #beatLater(): void {
    const { heartbeatIntervalMs = 3000 } = this.#options;
    this.wire.process.after(heartbeatIntervalMs, () => {
      if (this.#state === 'outside' || this.#state === 'fenced') return;
      if (this.#state === 'stable' || this.#isRevoking) this.#beat();
      this.#beatLater();
    });
  }

  #beat(): void {
    const attempt = this.#attempt;
    const { groupId, memberId, instanceId: groupInstanceId } = this;
    const request = { groupId, memberId, groupInstanceId, generationId: this.#generationId };
    this.wire.ask(
      'Heartbeat',
      () => (attempt === this.#attempt ? request : undefined),
      (answer) => {
        if (attempt !== this.#attempt || typeof answer === 'string') return;
        if (this.#state === 'stable') this.#heardError(answer.errorCode);
        if (this.#state === 'stable' && this.#haveTopicsChanged) this.#rejoin();
      },
    );
  }

  /** Since it assigned as the leader. */
  get #haveTopicsChanged(): boolean {
    const topics = this.wire.topics();
    // A broker that has just started does not know of any yet, and Java's does not answer by then.
    const areKnown = this.topics.every((name) => topics?.topicsByName.has(name));
    return areKnown && (this.#assignedCounts ?? this.#counts(topics)) !== this.#counts(topics);
  }

  /** How many partitions each of its topics has. */
  #counts(topics: ClusterMetadata | undefined): string {
    const counts = this.topics.map((name) => topics?.topicsByName.get(name)?.partitions.length);
    return counts.join();
  }

  #heardError(errorCode: number): void {
    if (wrongCoordinator.includes(errorCode)) this.wire.forgetCoordinator();
    switch (errorCode) {
      case ErrorCode.NONE:
        break;
      case ErrorCode.NOT_COORDINATOR:
      case ErrorCode.COORDINATOR_NOT_AVAILABLE:
      case ErrorCode.COORDINATOR_LOAD_IN_PROGRESS:
        // In a stable group the next heartbeat will do.
        if (this.#state !== 'stable') this.#rejoinLater();
        break;
      case ErrorCode.REBALANCE_IN_PROGRESS:
        // Who lets go of something joins when it is done with that.
        if (!this.#isRevoking) this.#rejoin();
        break;
      case ErrorCode.ILLEGAL_GENERATION:
      case ErrorCode.UNKNOWN_MEMBER_ID:
        this.#reset(errorCode === ErrorCode.ILLEGAL_GENERATION);
        // A group that cannot be written is forgotten each time: no wire is as fast as this one.
        if (this.#state === 'joining') this.#rejoinLater();
        else this.#rejoin();
        break;
      case ErrorCode.FENCED_INSTANCE_ID:
      case ErrorCode.INCONSISTENT_GROUP_PROTOCOL:
      case ErrorCode.GROUP_MAX_SIZE_REACHED:
        this.#end('fenced');
        break;
      default:
        if (this.#state !== 'stable') this.#rejoinLater();
    }
  }
}
