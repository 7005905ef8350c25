import type { CoordinatorRecord } from '../protocol/coordinator-records/coordinator-record.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { Timer } from '../simulation/clock.ts';
import { coordinatorError } from './coordinator-error.ts';
import type { CommitCheck, Group, GroupHost, OffsetClient } from './group.ts';
import type { GroupStore } from './group-store.ts';
import { type Timeline, TimelineMap } from './timeline-map.ts';

type OffsetRecord = CoordinatorRecord<'offset-commit'>;

interface OffsetToCommit {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
}

export interface CommittedOffset extends OffsetToCommit {
  readonly commitTimestampMs: number;
  /** When it goes, whatever the group does; -1: the broker's retention holds. */
  readonly expireTimestampMs: number;
}

interface Commit {
  readonly groupId: string;
  readonly client: OffsetClient;
  readonly apiVersion: number;
  /** -1: `offsets.retention.minutes`. */
  readonly retentionTimeMs: number;
  readonly offsets: readonly OffsetToCommit[];
}

const keyOf = (topic: string, partition: number): string => `${topic}-${partition}`;

/** The committed offsets of the groups of one shard. */
export class GroupOffsets {
  readonly #host: GroupHost;
  readonly #groups: GroupStore;
  readonly #timeline: Timeline;
  readonly #offsets = new Map<string, TimelineMap<CommittedOffset>>();
  #expiry: Timer | undefined;

  constructor(host: GroupHost, groups: GroupStore, timeline: Timeline) {
    this.#host = host;
    this.#groups = groups;
    this.#timeline = timeline;
  }

  /** One error code for each of the offsets, once those that are good are committed. */
  commit(commit: Commit, reply: (errorCodes: readonly ErrorCode[]) => void): void {
    const { groupId, client, offsets, retentionTimeMs } = commit;
    const check = this.#check(commit);
    if (typeof check === 'number' && check !== ErrorCode.NONE) {
      reply(offsets.map(() => check));
      return;
    }
    this.#groups.get(groupId)?.offsetCommitted(client.memberId);
    const errorCodes = offsets.map(({ topicId, partition, metadata }): ErrorCode => {
      if (metadata.length > this.#host.settings.offsetMetadataMaxBytes) {
        return ErrorCode.OFFSET_METADATA_TOO_LARGE;
      }
      return typeof check === 'number' ? check : check(topicId, partition);
    });
    const good = offsets.filter((_, index) => errorCodes[index] === ErrorCode.NONE);
    const commitTimestampMs = this.#host.clock.now();
    const expireTimestampMs = retentionTimeMs === -1 ? -1 : commitTimestampMs + retentionTimeMs;
    const records = good.map((offset) =>
      recordOf(groupId, { ...offset, commitTimestampMs, expireTimestampMs }),
    );
    this.#host.write(records, (errorCode) => {
      if (errorCode === ErrorCode.NONE) {
        for (const { topic, partition, offset } of good) {
          this.#host.emit({ type: 'offset-committed', topic, partition, offset }, groupId);
        }
      }
      const written = coordinatorError(errorCode);
      reply(errorCodes.map((own) => (own === ErrorCode.NONE ? written : own)));
    });
  }

  /** As far as it is committed; undefined: never, or no longer. */
  fetch(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#offsets.get(groupId)?.getCommitted(keyOf(topic, partition));
  }

  fetchAll(groupId: string): readonly CommittedOffset[] {
    return this.#offsets.get(groupId)?.committedValues() ?? [];
  }

  validateFetch(groupId: string, memberId: string | null, memberEpoch: number): ErrorCode {
    if (memberId === null && memberEpoch < 0) return ErrorCode.NONE;
    const group = this.#groups.get(groupId);
    // A group that is not known is one that has not committed, except to its members.
    if (group !== undefined) return group.validateOffsetFetch(memberId ?? '', memberEpoch);
    return memberEpoch < 0 ? ErrorCode.NONE : ErrorCode.GROUP_ID_NOT_FOUND;
  }

  /** The tombstones of those of `partitions` that were committed. */
  tombstones(
    groupId: string,
    partitions?: readonly { readonly topic: string; readonly partition: number }[],
  ): OffsetRecord[] {
    const offsets = this.#offsets.get(groupId);
    if (offsets === undefined) return [];
    const meant = partitions ?? [...offsets.values()];
    return meant
      .filter(({ topic, partition }) => offsets.get(keyOf(topic, partition)) !== undefined)
      .map(({ topic, partition }) => tombstone(groupId, topic, partition));
  }

  /** A topic is gone, and what was consumed of it means nothing any more. */
  topicDeleted(name: string): void {
    const records = [...this.#offsets].flatMap(([groupId, offsets]) =>
      [...offsets.values()]
        .filter(({ topic }) => topic === name)
        .map(({ partition }) => tombstone(groupId, name, partition)),
    );
    if (records.length > 0) this.#host.write(records, () => {});
  }

  replay({ key: { group: groupId, topic, partition }, value }: OffsetRecord, at: number): void {
    let offsets = this.#offsets.get(groupId);
    if (offsets === undefined) {
      if (value === null) return;
      offsets = new TimelineMap(this.#timeline);
      this.#offsets.set(groupId, offsets);
    }
    if (value === null) {
      offsets.set(keyOf(topic, partition), undefined, at);
      return;
    }
    if (this.#groups.get(groupId) === undefined) this.#groups.addClassic(groupId);
    const { offset, leaderEpoch, metadata, topicId } = value;
    const { commitTimestamp: commitTimestampMs, expireTimestamp: expireTimestampMs } = value;
    const place = { topic, topicId, partition };
    const times = { commitTimestampMs, expireTimestampMs };
    const committed = { ...place, offset, leaderEpoch, metadata, ...times };
    offsets.set(keyOf(topic, partition), committed, at);
  }

  loaded(): void {
    this.#expiry = this.#host.clock.after(
      this.#host.settings.offsetsRetentionCheckIntervalMs,
      () => {
        for (const group of this.#groups.all()) this.#expire(group);
        this.loaded();
      },
    );
  }

  unload(): void {
    this.#expiry?.cancel();
  }

  #check({ groupId, client, apiVersion }: Commit): CommitCheck {
    const group = this.#groups.get(groupId);
    if (group !== undefined) return group.validateOffsetCommit(client, apiVersion);
    // Who manages its partitions itself need not be a member of anything.
    if (client.generationIdOrMemberEpoch < 0) return ErrorCode.NONE;
    return apiVersion >= 9 ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION;
  }

  /** An empty group goes with the last of its offsets (KIP-211). */
  #expire(group: Group): void {
    const { groupId } = group;
    const offsets = [...(this.#offsets.get(groupId)?.values() ?? [])];
    const expired = offsets.filter((offset) => this.#isExpired(group, offset));
    const records: CoordinatorRecord[] = expired.map(({ topic, partition }) =>
      tombstone(groupId, topic, partition),
    );
    if (expired.length === offsets.length && group.isEmpty) records.push(...group.tombstones());
    if (records.length > 0) this.#host.write(records, () => {});
  }

  #isExpired(group: Group, offset: CommittedOffset): boolean {
    const { topic, commitTimestampMs, expireTimestampMs } = offset;
    const baseMs = group.offsetExpiryBaseMs(topic, commitTimestampMs);
    if (baseMs === undefined || group.isSubscribedTo(topic)) return false;
    const nowMs = this.#host.clock.now();
    if (expireTimestampMs !== -1) return nowMs >= expireTimestampMs;
    return nowMs - baseMs >= this.#host.settings.offsetsRetentionMinutes * 60_000;
  }
}

const tombstone = (group: string, topic: string, partition: number): OffsetRecord => ({
  type: 'offset-commit',
  key: { group, topic, partition },
  value: null,
});

const recordOf = (group: string, committed: CommittedOffset): OffsetRecord => ({
  type: 'offset-commit',
  key: { group, topic: committed.topic, partition: committed.partition },
  value: {
    offset: committed.offset,
    leaderEpoch: committed.leaderEpoch,
    metadata: committed.metadata,
    commitTimestamp: committed.commitTimestampMs,
    expireTimestamp: committed.expireTimestampMs,
    topicId: committed.topicId,
  },
});
