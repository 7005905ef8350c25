import { ErrorCode } from '../../protocol/error-code.ts';
import type { GroupHost } from '../group.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { type ConsumerMember, usesClassicProtocol } from './consumer-member.ts';
import { departureRecords } from './leave.ts';

const retryMs = 500;

interface SessionGroups {
  find(groupId: string): ConsumerGroup | undefined;
  changedKind(groupId: string, rebalances: boolean): void;
}

/** Throws members out who are not heard of, or who do not do in time what they must. */
export class ConsumerSessions {
  readonly #host: GroupHost;
  readonly #groups: SessionGroups;

  constructor(host: GroupHost, groups: SessionGroups) {
    this.#host = host;
    this.#groups = groups;
  }

  /** A new coordinator does not know for how long it has not heard of anybody. */
  loaded(group: ConsumerGroup): void {
    for (const member of group.members.values()) this.heard(group, member);
  }

  heard(group: ConsumerGroup, member: ConsumerMember): void {
    const { groupId } = group;
    const { memberId } = member;
    const ofGroupMs = this.#host.groupConfig(groupId, 'consumer.session.timeout.ms');
    const timeoutMs = member.metadata.classicMemberMetadata?.sessionTimeoutMs ?? ofGroupMs;
    const expired = () => this.#fenceOne(groupId, memberId, 'its session has ended');
    group.sessions.arm(memberId, timeoutMs, expired);
    if (!usesClassicProtocol(member)) this.#awaitRevocation(group, member);
  }

  /** A classic member has been told to join again. */
  awaitJoin(group: ConsumerGroup, { memberId, metadata }: ConsumerMember): void {
    if (group.joins.has(memberId)) return;
    const late = () => this.#fenceOne(group.groupId, memberId, 'it did not join again in time');
    group.joins.arm(memberId, metadata.rebalanceTimeoutMs, late);
  }

  /** A classic member has joined, and has yet to fetch its assignment. */
  joined(group: ConsumerGroup, member: ConsumerMember): void {
    const { memberId, metadata } = member;
    group.joins.cancel(memberId);
    this.heard(group, member);
    const late = () => this.#fenceOne(group.groupId, memberId, 'it did not sync in time');
    group.syncs.arm(memberId, metadata.rebalanceTimeoutMs, late);
  }

  synced(group: ConsumerGroup, member: ConsumerMember): void {
    group.syncs.cancel(member.memberId);
    this.heard(group, member);
  }

  fence(groupId: string, members: readonly ConsumerMember[], reason: string): void {
    const group = this.#groups.find(groupId);
    if (group === undefined) return;
    const found = members.flatMap(({ memberId }) => group.members.get(memberId) ?? []);
    const leaving = [...new Set(found)];
    if (leaving.length === 0) return;
    this.#host.write(departureRecords(this.#host, group, leaving), (errorCode) => {
      if (errorCode === ErrorCode.NONE) {
        for (const { memberId } of leaving) {
          this.#host.emit({ type: 'member-left', memberId, reason }, groupId);
        }
      } else if (this.#host.isActive) {
        this.#host.clock.after(retryMs, () => {
          if (this.#host.isActive) this.fence(groupId, members, reason);
        });
      }
    });
    this.#groups.changedKind(groupId, true);
  }

  #fenceOne(groupId: string, memberId: string, reason: string): void {
    const member = this.#groups.find(groupId)?.members.get(memberId);
    if (member !== undefined) this.fence(groupId, [member], reason);
  }

  /** The time to give partitions up runs from the moment on when they were to be. */
  #awaitRevocation(group: ConsumerGroup, member: ConsumerMember): void {
    const { memberId, state, memberEpoch, metadata } = member;
    if (state !== 'UnrevokedPartitions') {
      group.revocations.cancel(memberId);
      return;
    }
    if (group.revocations.has(memberId)) return;
    group.revocations.arm(memberId, metadata.rebalanceTimeoutMs, () => {
      const now = this.#groups.find(group.groupId)?.members.get(memberId);
      if (now?.memberEpoch !== memberEpoch) return;
      this.#fenceOne(group.groupId, memberId, 'it did not give up its partitions in time');
    });
  }
}
