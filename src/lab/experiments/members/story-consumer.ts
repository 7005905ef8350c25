import { errorInfo } from '../../../protocol/error-code.ts';
import { ClassicGroupMember } from '../../groups/classic-group-member.ts';
import { ConsumerGroupMember } from '../../groups/consumer-group-member.ts';
import type { GroupMember } from '../../groups/group-member.ts';
import { type CommitIdentity, commitOffsets } from '../../groups/member-offsets.ts';
import { keyOf, partitionOf } from '../../groups/partition-key.ts';
import type { Fate } from '../../laboratory.ts';
import type { Facts } from '../facts.ts';
import { errorName, type Stage, topic } from '../stage.ts';
import type { ConsumerSettings } from './consumer-settings.ts';
import type { Ownership } from './ownership.ts';

export const groupId = 'g';

/** A record that somebody has come by. */
export interface Consumed {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

interface HandedOver {
  readonly records: readonly Consumed[];
  /** Who it was when it took them. */
  readonly identity: CommitIdentity;
  readonly offsets: ReadonlyMap<number, number>;
}

interface ConsumerOptions {
  readonly stage: Stage;
  readonly name: string;
  readonly settings: ConsumerSettings;
  readonly ownership: Ownership;
  readonly processed: (record: Consumed) => void;
}

type Member = ClassicGroupMember | ConsumerGroupMember;

const retryMs = 100;
const notSent = 'none was sent: it knows that it is no member';
const inWords = {
  silence: 'nothing',
  closed: 'the end of the connection',
  'timed out': 'nothing in time',
} as const;

/**
 * A consumer of the group. It keeps itself in the group; what it does with records is told by the
 * story: it takes some, and is done with them later.
 */
export class StoryConsumer {
  readonly #options: ConsumerOptions;
  #member: Member;
  #owned: readonly number[] = [];
  /** Where it reads on, for each partition that it may read. */
  readonly #positions = new Map<number, number>();
  /** What it has taken and is not done with, and who it was then. */
  #taken: readonly Consumed[] = [];
  #takenAs: CommitIdentity | undefined;
  #whenDone: (() => void)[] = [];
  /** The errors that it has heard of brokers, in order. */
  readonly heard: string[] = [];
  /** What becomes of requests to the coordinator. */
  fate: Fate = 'delivered';

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#member = this.#join();
  }

  get owned(): readonly number[] {
    return this.#owned;
  }

  /** It has its partitions, and knows where to read them on. */
  get isSettled(): boolean {
    const { state } = this.#member;
    return state === 'stable' && this.#owned.every((each) => this.#positions.has(each));
  }

  /** How it sees itself. */
  get facts(): Facts {
    const { epoch, state, protocol } = this.#member;
    const name = protocol === 'classic' ? 'generation' : 'memberEpoch';
    return { state, [name]: epoch, partitions: this.#owned };
  }

  /** In good order. Who is static means to come back. */
  close(): void {
    this.#loseAll();
    this.#member.leave(this.#instanceId === null);
  }

  /** As `kill -9` does. */
  crash(): void {
    this.#loseAll();
    this.#taken = [];
    this.#member.crash();
  }

  /** Fetches, and begins to process. */
  take(): Facts {
    const { stage, settings } = this.#options;
    stage.until(() => this.isSettled);
    this.#takenAs = this.#identity;
    this.#taken = this.#owned.flatMap((partition) => this.#fetch(partition));
    if (this.#taken.length === 0) return { taken: [] };
    const isFirst = settings.commits === 'before processing';
    const facts = { taken: valuesOf(this.#taken), ...(isFirst ? this.#commit() : {}) };
    if (settings.heartbeats === 'between records') this.#member.stall();
    this.#leaveWhenLate();
    return facts;
  }

  /** What it has taken, to be ended by a transaction instead of a commit of its own. */
  handOver(): HandedOver {
    this.#member.resume();
    const records = this.#taken;
    const offsets = new Map(records.map(({ partition, offset }) => [partition, offset + 1]));
    this.#letGoOfAll();
    return { records, identity: this.#takenAs!, offsets };
  }

  /** Is done with what it has taken. */
  finish(): Facts {
    const { settings, processed } = this.#options;
    this.#member.resume();
    for (const record of this.#taken) processed(record);
    const commits = settings.commits === 'after processing' && this.#taken.length > 0;
    const facts = { processed: valuesOf(this.#taken), ...(commits ? this.#commit() : {}) };
    this.#letGoOfAll();
    return facts;
  }

  #letGoOfAll(): void {
    this.#taken = [];
    const free = this.#whenDone;
    this.#whenDone = [];
    for (const run of free) run();
  }

  get #instanceId(): string | null {
    const { name, settings } = this.#options;
    const { isStatic } = settings;
    return typeof isStatic === 'string' ? isStatic : isStatic ? name : null;
  }

  get #identity(): CommitIdentity {
    const { memberId, epoch: generationIdOrMemberEpoch } = this.#member;
    return { groupId, memberId, groupInstanceId: this.#instanceId, generationIdOrMemberEpoch };
  }

  #join(): Member {
    const { stage, settings } = this.#options;
    const options = {
      ...{ laboratory: stage.laboratory, groupId, topics: [topic], instanceId: this.#instanceId },
      rebalanceTimeoutMs: settings.maxPollIntervalMs,
      letGo: (keys: ReadonlySet<string>, done: () => void) => this.#letGo(keys, done),
      ownedChanged: ({ owned }: GroupMember) => this.#ownedChanged(owned),
      heardError: (error: number | keyof typeof inWords) => this.#heardError(error),
      fateOf: (api: string) => (api === 'FindCoordinator' ? 'delivered' : this.fate),
    };
    const { name } = this.#options;
    const { sessionTimeoutMs, heartbeatIntervalMs, protocol } = settings;
    this.#member =
      protocol === 'consumer'
        ? new ConsumerGroupMember({ ...options, name: stage.members.newMemberId(name) })
        : new ClassicGroupMember({
            ...{ ...options, name, sessionTimeoutMs, heartbeatIntervalMs },
            cooperative: settings.assignor === 'cooperative',
            trustsFormerLeader: true,
          });
    this.#member.start();
    return this.#member;
  }

  #heardError(error: number | keyof typeof inWords): void {
    const name = typeof error === 'number' ? errorName(error) : inWords[error];
    if (name !== 'MEMBER_ID_REQUIRED') this.heard.push(name);
  }

  /** Whoever processes lets go when it is done with it; or at once, if its worker may go on. */
  #letGo(keys: ReadonlySet<string>, done: () => void): void {
    const { settings, stage } = this.#options;
    const partitions = [...keys].map((key) => partitionOf(key).partition);
    const isBusy = this.#taken.length > 0 && settings.processesIn !== 'a worker';
    if (isBusy) {
      this.#whenDone.push(() => this.#letGo(keys, done));
      return;
    }
    for (const partition of partitions) this.#lose(partition);
    if (settings.revocationMs === 0) done();
    else stage.cluster.clock.after(settings.revocationMs, done);
  }

  #ownedChanged(keys: ReadonlySet<string>): void {
    const owned = [...keys].map((key) => partitionOf(key).partition).sort((a, b) => a - b);
    this.#owned = owned;
    for (const partition of this.#positions.keys()) {
      if (!owned.includes(partition)) this.#lose(partition);
    }
    for (const partition of owned) {
      if (this.#positions.has(partition)) continue;
      this.#options.ownership.take(this.#options.name, partition);
      this.#findPosition(partition);
    }
  }

  #loseAll(): void {
    for (const partition of this.#owned) this.#lose(partition);
  }

  #lose(partition: number): void {
    this.#positions.delete(partition);
    this.#options.ownership.giveUp(this.#options.name, partition);
  }

  #fetch(partition: number): Consumed[] {
    const { stage } = this.#options;
    const from = this.#positions.get(partition) ?? 0;
    const { error, values } = stage.clients.read({ partition, from });
    if (error === 'OFFSET_OUT_OF_RANGE') {
      this.heard.push(error);
      this.#positions.delete(partition);
      this.#reset(partition);
      stage.until(() => this.#positions.has(partition));
      return this.#fetch(partition);
    }
    const read = (values as readonly string[]).map((value, index) => {
      return { partition, offset: from + index, value };
    });
    this.#positions.set(partition, from + read.length);
    // What was there before the story begins is of no interest.
    return read.filter((record) => !stage.isFormer(record));
  }

  /** Java's consumer and librdkafka find out by themselves that they are late. */
  #leaveWhenLate(): void {
    const { settings, stage } = this.#options;
    const taken = this.#taken;
    if (!settings.leavesWhenLate) return;
    stage.cluster.clock.after(settings.maxPollIntervalMs, () => {
      if (this.#taken !== taken) return;
      this.#loseAll();
      this.#member.leave();
      this.#whenDone.push(() => this.#join());
    });
  }

  /** Of what it has taken; asks until there is an answer. */
  #commit(): Facts {
    const { stage, settings } = this.#options;
    if (this.#member.state === 'outside') return { commit: notSent };
    const identity = settings.commitsIn === 'its generation' ? this.#takenAs! : this.#identity;
    const offsets = new Map(
      this.#taken.map(({ partition, offset }) => [keyOf({ topic, partition }), offset + 1]),
    );
    let errorCode: number | undefined;
    const ask = () =>
      commitOffsets(this.#member.wire, identity, offsets, ({ errorCodes }) => {
        const [first] = errorCodes?.values() ?? [];
        if (first === undefined || errorInfo(first)?.retriable) {
          stage.cluster.clock.after(retryMs, ask);
        } else errorCode = first;
      });
    ask();
    stage.until(() => errorCode !== undefined);
    return { commit: errorCode === undefined ? 'nothing in time' : errorName(errorCode) };
  }

  #findPosition(partition: number): void {
    const key = keyOf({ topic, partition });
    const member = this.#member;
    this.#member.fetchOffsets([key], ({ offsets }) => {
      if (member !== this.#member || !member.owned.has(key)) return;
      const offset = offsets?.get(key);
      if (offset === undefined) {
        this.#options.stage.cluster.clock.after(retryMs, () => this.#findPosition(partition));
      } else if (offset >= 0) this.#positions.set(partition, offset);
      else this.#reset(partition);
    });
  }

  /** Asks whoever leads where the log begins, or ends. */
  #reset(partition: number): void {
    const { stage, settings } = this.#options;
    const timestamp = settings.autoOffsetReset === 'latest' ? -1 : -2;
    const asked = { partitionIndex: partition, currentLeaderEpoch: -1, timestamp };
    const topics = [{ name: topic, partitions: [asked] }];
    const request = { replicaId: -1, isolationLevel: 0, topics, timeoutMs: 0 };
    stage.laboratory.send(stage.image(partition).leader, 'ListOffsets', request, (response) => {
      const offset = response?.topics[0]?.partitions[0]?.offset ?? -1;
      if (!this.#owned.includes(partition)) return;
      if (offset >= 0) this.#positions.set(partition, offset);
      else stage.cluster.clock.after(retryMs, () => this.#reset(partition));
    });
  }
}

const valuesOf = (records: readonly Consumed[]): string[] => records.map(({ value }) => value);
