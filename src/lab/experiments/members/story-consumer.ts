import { ZERO_UUID } from '../../../protocol/types.ts';
import type { Facts } from '../facts.ts';
import { type Stage, topic } from '../stage.ts';
import { ClassicMembership } from './classic-membership.ts';
import { ConsumerMembership } from './consumer-membership.ts';
import type { ConsumerSettings } from './consumer-settings.ts';
import { GroupChannel, groupId } from './group-channel.ts';
import type { Assignee, Identity, Membership } from './membership.ts';
import type { Ownership } from './ownership.ts';

/** A record that somebody has come by. */
export interface Consumed {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

interface ConsumerOptions {
  readonly stage: Stage;
  readonly name: string;
  readonly memberId: string;
  readonly settings: ConsumerSettings;
  readonly ownership: Ownership;
  readonly processed: (record: Consumed) => void;
}

const retryMs = 100;
const notAsked = 'not sent: it knows that it is no member';

/**
 * A consumer of the group. It keeps itself in the group; what it does with records is told by the
 * story: it takes some, and is done with them later.
 */
export class StoryConsumer implements Assignee {
  readonly name: string;
  readonly channel: GroupChannel;
  readonly #options: ConsumerOptions;
  readonly #membership: Membership;
  readonly #positions = new Map<number, number>();
  #owned: readonly number[] = [];
  /** What it has taken and is not done with, and who it was then. */
  #taken: readonly Consumed[] = [];
  #takenAs: Identity | undefined;
  #whenDone: (() => void)[] = [];
  /** The last error that it has heard of the coordinator. */
  heard: string | undefined;

  constructor(options: ConsumerOptions) {
    const { stage, settings, memberId } = options;
    this.#options = options;
    this.name = options.name;
    const heard = (error: string) => (this.heard = error);
    this.channel = new GroupChannel({ stage, clientId: this.name, onError: heard });
    const { isStatic } = settings;
    const instanceId = isStatic === true ? this.name : isStatic === false ? null : isStatic;
    const given = { stage, settings, channel: this.channel, assignee: this, instanceId };
    this.#membership =
      settings.protocol === 'classic'
        ? new ClassicMembership(given)
        : new ConsumerMembership({ ...given, memberId });
    this.#membership.join();
  }

  get owned(): readonly number[] {
    return this.#owned;
  }

  get isBusy(): boolean {
    return this.#taken.length > 0 && !this.#options.settings.hasWorker;
  }

  /** It has its partitions, and knows where to read them on. */
  get isSettled(): boolean {
    return this.#membership.isSettled && this.#owned.every((each) => this.#positions.has(each));
  }

  /** How it sees itself. */
  get facts(): Facts {
    const { generationIdOrMemberEpoch } = this.#membership.identity;
    const generation = this.#options.settings.protocol === 'classic' ? 'generation' : 'memberEpoch';
    return {
      isMember: this.#membership.isSettled,
      [generation]: generationIdOrMemberEpoch,
      partitions: [...this.#owned],
      ...(this.#membership.isFenced ? { isFenced: true } : {}),
    };
  }

  /** In good order. */
  close(): void {
    this.lose();
    this.#membership.close();
  }

  /** As `kill -9` does. */
  end(): void {
    this.lose();
    this.#taken = [];
    this.channel.end();
  }

  whenFree(run: () => void): void {
    if (this.isBusy) this.#whenDone.push(run);
    else run();
  }

  revoke(partitions: readonly number[], done: () => void): void {
    const { settings, stage } = this.#options;
    const mine = this.#taken.some(({ partition }) => partitions.includes(partition));
    if (mine && settings.waitsForWorker) {
      this.#whenDone.push(() => this.revoke(partitions, done));
      return;
    }
    for (const partition of partitions) this.#giveUp(partition);
    const gone = () => {
      this.#owned = this.#owned.filter((partition) => !partitions.includes(partition));
      done();
    };
    if (settings.revocationMs === 0) gone();
    else stage.cluster.clock.after(settings.revocationMs, gone);
  }

  assign(partitions: readonly number[]): void {
    this.#owned = partitions.toSorted((one, other) => one - other);
    for (const partition of this.#owned) {
      if (this.#positions.has(partition)) continue;
      this.#options.ownership.take(this.name, partition);
      this.#findPosition(partition);
    }
  }

  lose(): void {
    for (const partition of this.#owned) this.#giveUp(partition);
    this.#owned = [];
  }

  /** Fetches, at most so many, and does not do anything with them yet. */
  take(max = Number.POSITIVE_INFINITY): Facts {
    const { stage, settings } = this.#options;
    stage.until(() => this.isSettled);
    this.#takenAs = this.#membership.identity;
    const taken: Consumed[] = [];
    for (const partition of this.#owned) taken.push(...this.#fetch(partition, max - taken.length));
    this.#taken = taken;
    if (taken.length === 0) return { taken: [] };
    this.#leaveWhenLate();
    const facts = { taken: taken.map(({ value }) => value) };
    return settings.commits === 'after processing' ? facts : { ...facts, ...this.#commit() };
  }

  /** Is done with what it has taken. */
  finish(): Facts {
    const { settings, processed } = this.#options;
    const values = this.#taken.map(({ value }) => value);
    for (const record of this.#taken) processed(record);
    const commits = settings.commits === 'after processing' && values.length > 0;
    const facts = { processed: values, ...(commits ? this.#commit() : {}) };
    this.#taken = [];
    const free = this.#whenDone;
    this.#whenDone = [];
    for (const run of free) run();
    return facts;
  }

  #giveUp(partition: number): void {
    this.#positions.delete(partition);
    this.#options.ownership.giveUp(this.name, partition);
  }

  #fetch(partition: number, max: number): Consumed[] {
    const { stage, settings } = this.#options;
    const from = this.#positions.get(partition) ?? 0;
    const { error, values } = stage.clients.read({ partition, from });
    if (error === 'OFFSET_OUT_OF_RANGE') {
      this.heard = error;
      this.#positions.delete(partition);
      this.#reset(partition, settings.autoOffsetReset);
      stage.until(() => this.#positions.has(partition));
      return this.#fetch(partition, max);
    }
    const told = (values as readonly string[]).map((value, index) => {
      return { partition, offset: from + index, value };
    });
    // What was there before the story begins is of no interest.
    const news = told.filter((record) => !stage.isFormer(record));
    this.#positions.set(partition, news[max]?.offset ?? from + told.length);
    return news.slice(0, max);
  }

  /** Java's consumer and librdkafka find out by themselves that they are late. */
  #leaveWhenLate(): void {
    const { settings, stage } = this.#options;
    const taken = this.#taken;
    if (settings.hasWorker || !settings.leavesWhenLate) return;
    stage.cluster.clock.after(settings.maxPollIntervalMs, () => {
      if (this.#taken === taken) this.#membership.leaveLate();
    });
  }

  /** Of what it has taken; waits for the answer. */
  #commit(): Facts {
    const { stage, settings } = this.#options;
    const present = this.#membership.identity;
    const identity = settings.commitsIn === 'its generation' ? this.#takenAs! : present;
    if (present.generationIdOrMemberEpoch < 0) return { commit: notAsked };
    const next = new Map(this.#taken.map(({ partition, offset }) => [partition, offset + 1]));
    const partitions = [...next].map(([partitionIndex, committedOffset]) => ({
      partitionIndex,
      committedOffset,
      committedLeaderEpoch: -1,
      committedMetadata: null,
    }));
    const topics = [{ name: topic, topicId: ZERO_UUID, partitions }];
    let answer: string | undefined;
    this.channel.ask(
      'OffsetCommit',
      () => ({ groupId, ...identity, retentionTimeMs: -1, topics }),
      (error) => (answer = error),
    );
    stage.until(() => answer !== undefined);
    return { commit: answer ?? 'nothing in time' };
  }

  #findPosition(partition: number): void {
    const topics = [{ name: topic, topicId: ZERO_UUID, partitionIndexes: [partition] }];
    const groups = [{ groupId, memberId: null, memberEpoch: -1, topics }];
    this.channel.ask(
      'OffsetFetch',
      () => ({ groupId: '', topics: [], groups, requireStable: false }),
      (_, response) => {
        const found = response.groups[0]?.topics[0]?.partitions[0]?.committedOffset ?? -1;
        if (!this.#owned.includes(partition)) return;
        if (found >= 0) this.#positions.set(partition, found);
        else this.#reset(partition, this.#options.settings.autoOffsetReset);
      },
    );
  }

  /** Asks whoever leads where the log begins, or ends. */
  #reset(partition: number, to: ConsumerSettings['autoOffsetReset']): void {
    const { stage } = this.#options;
    const timestamp = to === 'latest' ? -1 : -2;
    const asked = { partitionIndex: partition, currentLeaderEpoch: -1, timestamp };
    const topics = [{ name: topic, partitions: [asked] }];
    const request = { replicaId: -1, isolationLevel: 0, topics, timeoutMs: 0 };
    stage.laboratory.send(stage.image(partition).leader, 'ListOffsets', request, (response) => {
      const offset = response?.topics[0]?.partitions[0]?.offset ?? -1;
      if (!this.#owned.includes(partition)) return;
      if (offset >= 0) this.#positions.set(partition, offset);
      else stage.cluster.clock.after(retryMs, () => this.#reset(partition, to));
    });
  }
}
