import type { CoordinatorRecord } from '../protocol/coordinator-records/coordinator-record.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { Timer } from '../simulation/clock.ts';
import { coordinatorError } from './coordinator-error.ts';
import type { ProducerOfRecords } from './coordinator-journal.ts';
import type { CommitCheck, Group, GroupHost, OffsetClient } from './group.ts';
import type { GroupStore } from './group-store.ts';
import { PendingOffsets } from './pending-offsets.ts';
import { type Extent, type Timeline, TimelineMap } from './timeline-map.ts';

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
  /** Where it stands in the log. */
  readonly recordOffset: number;
}

interface Commit {
  readonly groupId: string;
  readonly client: OffsetClient;
  readonly apiVersion: number;
  /** -1: `offsets.retention.minutes`. */
  readonly retentionTimeMs: number;
  readonly offsets: readonly OffsetToCommit[];
  /** They are part of a transaction, and committed when it is. */
  readonly producer?: ProducerOfRecords;
}

const keyOf = (topic: string, partition: number): string => `${topic}-${partition}`;

/** The committed offsets of the groups of one shard. */
export class GroupOffsets {
  readonly #host: GroupHost;
  readonly #groups: GroupStore;
  readonly #timeline: Timeline;
  readonly #offsets = new Map<string, TimelineMap<CommittedOffset>>();
  readonly #pending = new PendingOffsets<CommittedOffset>();
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
    if (commit.producer === undefined) {
      this.#groups.get(groupId)?.offsetCommitted(client.memberId);
    }
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
    const written = (errorCode: ErrorCode) => {
      if (errorCode === ErrorCode.NONE && commit.producer === undefined) {
        for (const offset of good) this.#tell(groupId, offset);
      }
      const error = coordinatorError(errorCode);
      reply(errorCodes.map((own) => (own === ErrorCode.NONE ? error : own)));
    };
    this.#host.write(records, written, commit.producer);
  }

  /** A transaction that has not ended would change it. */
  isPending(groupId: string, topic: string, partition: number): boolean {
    return this.#pending.has(groupId, { topic, partition });
  }

  /** As far as it is committed, unless the newest is asked for; undefined: never, or no longer. */
  fetch(
    groupId: string,
    topic: string,
    partition: number,
    extent: Extent = 'committed',
  ): CommittedOffset | undefined {
    const offsets = this.#offsets.get(groupId);
    const key = keyOf(topic, partition);
    return extent === 'newest' ? offsets?.get(key) : offsets?.getCommitted(key);
  }

  fetchAll(groupId: string, extent: Extent = 'committed'): readonly CommittedOffset[] {
    const offsets = this.#offsets.get(groupId);
    return extent === 'newest'
      ? [...(offsets?.values() ?? [])]
      : (offsets?.committedValues() ?? []);
  }

  validateFetch(
    groupId: string,
    memberId: string | null,
    memberEpoch: number,
    extent: Extent,
  ): ErrorCode {
    if (memberId === null && memberEpoch < 0) return ErrorCode.NONE;
    const group = this.#groups.get(groupId);
    // A group that is not known is one that has not committed, except to its members.
    if (group !== undefined) return group.validateOffsetFetch(memberId ?? '', memberEpoch, extent);
    return memberEpoch < 0 ? ErrorCode.NONE : ErrorCode.GROUP_ID_NOT_FOUND;
  }

  /** The tombstones of those of `partitions` that were committed. */
  tombstones(
    groupId: string,
    partitions?: readonly { readonly topic: string; readonly partition: number }[],
  ): OffsetRecord[] {
    const known = new Map(
      [...(this.#offsets.get(groupId)?.values() ?? []), ...this.#pendingOf(groupId)].map(
        (place) => [keyOf(place.topic, place.partition), place] as const,
      ),
    );
    const meant = partitions ?? [...known.values()];
    return meant
      .filter(({ topic, partition }) => known.has(keyOf(topic, partition)))
      .map(({ topic, partition }) => tombstone(groupId, topic, partition));
  }

  /** A topic is gone, and what was consumed of it means nothing any more. */
  topicDeleted(name: string): void {
    const groupIds = new Set([
      ...this.#offsets.keys(),
      ...this.#pending.all().map(({ groupId }) => groupId),
    ]);
    const records = [...groupIds].flatMap((groupId) =>
      this.tombstones(groupId).filter(({ key }) => key.topic === name),
    );
    if (records.length > 0) this.#host.write(records, () => {});
  }

  /** `producerId`: whose transaction it is part of, or -1. */
  replay(
    { key: { group: groupId, topic, partition }, value }: OffsetRecord,
    recordOffset: number,
    producerId: number,
  ): void {
    if (value === null) {
      this.#offsets.get(groupId)?.set(keyOf(topic, partition), undefined, recordOffset);
      this.#pending.remove(groupId, { topic, partition });
      return;
    }
    if (this.#groups.get(groupId) === undefined) this.#groups.addClassic(groupId);
    const { offset, leaderEpoch, metadata, topicId } = value;
    const { commitTimestamp: commitTimestampMs, expireTimestamp: expireTimestampMs } = value;
    const place = { topic, topicId, partition };
    const times = { commitTimestampMs, expireTimestampMs };
    const committed = { ...place, offset, leaderEpoch, metadata, ...times, recordOffset };
    if (producerId >= 0) this.#pending.add(producerId, groupId, committed);
    else this.#offsetsOf(groupId).set(keyOf(topic, partition), committed, recordOffset);
  }

  /** A transaction has ended: what it committed counts, but for what was committed after. */
  replayMarker(producerId: number, committed: boolean, markerOffset: number): void {
    for (const { groupId, offset } of this.#pending.take(producerId)) {
      if (!committed) continue;
      const key = keyOf(offset.topic, offset.partition);
      const offsets = this.#offsetsOf(groupId);
      const known = offsets.get(key);
      if (known !== undefined && known.recordOffset > offset.recordOffset) continue;
      offsets.set(key, offset, markerOffset);
    }
  }

  /** Call it before the marker is written, and what it returns when that is committed. */
  toTellOf(producerId: number): () => void {
    const pending = this.#pending.of(producerId);
    return () => {
      for (const { groupId, offset } of pending) {
        const { topic, partition, recordOffset } = offset;
        const committed = this.fetch(groupId, topic, partition);
        if (committed?.recordOffset === recordOffset) this.#tell(groupId, offset);
      }
    };
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

  #tell(groupId: string, { topic, partition, offset }: OffsetToCommit): void {
    this.#host.emit({ type: 'offset-committed', topic, partition, offset }, groupId);
  }

  #offsetsOf(groupId: string): TimelineMap<CommittedOffset> {
    let offsets = this.#offsets.get(groupId);
    if (offsets === undefined) {
      offsets = new TimelineMap(this.#timeline);
      this.#offsets.set(groupId, offsets);
    }
    return offsets;
  }

  #pendingOf(groupId: string): CommittedOffset[] {
    return this.#pending.all().flatMap((one) => (one.groupId === groupId ? one.offset : []));
  }

  #check({ groupId, client, apiVersion, producer, offsets }: Commit): CommitCheck {
    const group = this.#groups.get(groupId);
    const isTransactional = producer !== undefined;
    if (group !== undefined) {
      const check = group.validateOffsetCommit({ ...client, isTransactional }, apiVersion);
      return isTransactional ? checkTransactional(check, offsets) : check;
    }
    // Who manages its partitions itself need not be a member of anything.
    if (client.generationIdOrMemberEpoch < 0) return ErrorCode.NONE;
    const isModern = apiVersion >= 9 && !isTransactional;
    return isModern ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION;
  }

  /** An empty group goes with the last of its offsets (KIP-211). */
  #expire(group: Group): void {
    const { groupId } = group;
    const offsets = [...(this.#offsets.get(groupId)?.values() ?? [])];
    const hasPending = this.#pendingOf(groupId).length > 0;
    const expired = offsets.filter(
      (offset) => this.#isExpired(group, offset) && !this.#pending.has(groupId, offset),
    );
    const records: CoordinatorRecord[] = expired.map(({ topic, partition }) =>
      tombstone(groupId, topic, partition),
    );
    if (expired.length === offsets.length && group.isEmpty && !hasPending)
      records.push(...group.tombstones());
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

/** One member's stale epoch is the whole request's. */
function checkTransactional(check: CommitCheck, offsets: readonly OffsetToCommit[]): ErrorCode {
  const errorCodes =
    typeof check === 'number'
      ? [check]
      : offsets.map(({ topicId, partition }) => check(topicId, partition));
  const errorCode = errorCodes.find((one) => one !== ErrorCode.NONE) ?? ErrorCode.NONE;
  const isStale = errorCode === ErrorCode.STALE_MEMBER_EPOCH;
  return isStale ? ErrorCode.ILLEGAL_GENERATION : errorCode;
}

const recordOf = (
  group: string,
  committed: Omit<CommittedOffset, 'recordOffset'>,
): OffsetRecord => ({
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
