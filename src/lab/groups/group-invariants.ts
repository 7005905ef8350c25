import type { RequestOf } from '../../broker/request-context.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { ClassicGroup } from '../../coordinator/classic-group.ts';
import { ConsumerGroup } from '../../coordinator/consumer/consumer-group.ts';
import type { Group } from '../../coordinator/group.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import { mustHold } from '../invariant-broken.ts';
import type { Invariants } from '../invariants.ts';
import {
  type ActingCoordinator,
  actingCoordinator,
  offsetsPartition,
  offsetsTopic,
} from './acting-coordinator.ts';
import type { CommitAudit } from './commit-audit.ts';
import { checkConsumerGroup } from './consumer-group-invariants.ts';
import type { GroupClient } from './group-client.ts';
import type { GroupMember } from './group-member.ts';
import { keyOf } from './partition-key.ts';

interface Options {
  readonly cluster: Cluster;
  readonly invariants: Invariants;
  readonly groupId: string;
  readonly audit: CommitAudit;
}

/**
 * What must hold of one group after every event: of what its coordinator knows and of what the
 * members believe, which only a bystander sees together.
 */
export class GroupInvariants {
  readonly #options: Options;
  readonly #clients = new Set<GroupClient>();
  /** Who was told what he owns before the log lost something, or by who has been replaced. */
  readonly #misled = new Set<GroupMember>();
  /** In which generation or epoch each of them was told what he owns. */
  readonly #assignedIn = new Map<GroupMember, number>();
  readonly #epochs = new Map<GroupMember, number>();
  /** The highest epoch of each member that was committed. */
  readonly #committedEpochs = new Map<string, number>();
  /** The highest generation of a classic group in which its coordinator has assigned anything. */
  #generation = 0;
  #losses = 0;
  /** How often members have changed what they believe. */
  #changes = 0;
  #seen = '';

  constructor(options: Options) {
    this.#options = options;
  }

  watch(client: GroupClient): void {
    this.#clients.add(client);
  }

  ownedChanged({ member }: GroupClient, brokerId: number | undefined): void {
    const { cluster, groupId } = this.#options;
    this.#changes++;
    if (brokerId === undefined) return;
    const acting = actingCoordinator(cluster, groupId);
    if (isMisled(member, brokerId, acting)) this.#misled.add(member);
    else this.#misled.delete(member);
    this.#assignedIn.set(member, member.epoch);
    const group = acting?.brokerId === brokerId ? acting.shard.groups.get(groupId) : undefined;
    const generationId = group instanceof ClassicGroup ? group.protocol.generationId : 0;
    // A new coordinator reads what is not committed yet as well, and may tell it before it is.
    const isCommitted =
      acting !== undefined && acting.log.highWatermark === acting.log.logEndOffset;
    if (isCommitted && member.protocol === 'classic' && member.epoch <= generationId) {
      this.#generation = Math.max(this.#generation, member.epoch);
    }
  }

  check(): void {
    const { cluster, groupId } = this.#options;
    this.#noteLosses();
    for (const { member } of this.#clients) this.#checkEpoch(member);
    const acting = actingCoordinator(cluster, groupId);
    const group = acting?.shard.groups.get(groupId);
    if (acting === undefined || group === undefined || !this.#hasChanged(acting, group)) return;
    if (group instanceof ConsumerGroup) {
      checkConsumerGroup(group, cluster.broker(acting.brokerId)!.metadata);
      this.#checkCommittedEpochs(group);
    }
    if (group instanceof ClassicGroup) this.#checkGeneration(group);
    this.#owners(group);
  }

  /** A coordinator that has written nothing, and whose members are the same, knows what it knew. */
  #hasChanged({ brokerId, leaderEpoch, log }: ActingCoordinator, group: Group): boolean {
    const { logEndOffset, highWatermark } = log;
    const place = `${brokerId} ${leaderEpoch} ${logEndOffset} ${highWatermark} ${this.#changes}`;
    const classic = group instanceof ClassicGroup ? group.protocol : undefined;
    const seen = `${place} ${classic?.state} ${classic?.generationId} ${classic?.members.size}`;
    const hasChanged = seen !== this.#seen;
    this.#seen = seen;
    return hasChanged;
  }

  /** Which partitions a broker may accept a commit for, and who else owns one of them. */
  commitArrived(brokerId: number, request: RequestOf<'OffsetCommit'>): void {
    const { cluster, groupId, audit } = this.#options;
    const offset = request.topics[0]!.partitions[0]!.committedOffset;
    const shard = cluster.broker(brokerId)?.groups.shardOf(groupId);
    if (shard === undefined || typeof shard === 'number') {
      audit.arrived(offset, [], new Map());
      return;
    }
    const group = shard.groups.get(groupId);
    const keys = request.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex }) => keyOf({ topic: name, partition: partitionIndex })),
    );
    const lawful = keys.filter((key) => group !== undefined && this.#isLawful(group, request, key));
    const acting = actingCoordinator(cluster, groupId);
    // A generation from before a loss may by chance have the number of the present one.
    const isMisled = [...this.#misled].some(({ memberId }) => memberId === request.memberId);
    const knows = acting?.shard === shard && !isMisled;
    const owners = knows && group !== undefined ? this.#owners(group) : undefined;
    const rivals = lawful.flatMap((key): [string, string][] => {
      const owner = owners?.get(key);
      return owner === undefined || owner === request.memberId ? [] : [[key, owner]];
    });
    audit.arrived(offset, lawful, new Map(rivals));
  }

  #isLawful(group: Group, request: RequestOf<'OffsetCommit'>, key: string): boolean {
    const { memberId, groupInstanceId, generationIdOrMemberEpoch: epoch } = request;
    if (group instanceof ClassicGroup) {
      const { members, generationId } = group.protocol;
      const isKnown = members.check(memberId, groupInstanceId) === ErrorCode.NONE;
      return isKnown && epoch === generationId;
    }
    if (!(group instanceof ConsumerGroup)) return false;
    const member = group.members.get(memberId);
    if (member === undefined || epoch > member.memberEpoch) return false;
    if (epoch === member.memberEpoch) return true;
    // As long as it has held the partition (KIP-1251).
    const dash = key.lastIndexOf('-');
    const topic = this.#options.cluster.metadata.topicsByName.get(key.slice(0, dash));
    const index = Number(key.slice(dash + 1));
    const since =
      member.assigned.get(topic?.topicId ?? '')?.get(index) ??
      member.pendingRevocation.get(topic?.topicId ?? '')?.get(index);
    return since !== undefined && epoch >= since;
  }

  /** I-27: by member id, the owner of each partition; nobody else who counts believes to be it. */
  #owners(group: Group): Map<string, string> {
    const owners = new Map<string, string>();
    for (const { member } of this.#clients) {
      if (member.owned.size === 0 || !this.#counts(group, member)) continue;
      for (const key of member.owned) {
        const other = owners.get(key);
        mustHold('I-27', other === undefined, () => {
          return `group ${group.groupId}: ${other} and ${member.memberId} both own ${key}`;
        });
        owners.set(key, member.memberId);
      }
    }
    return owners;
  }

  /** Whoever was thrown out and has not heard of it believes what he likes. */
  #counts(group: Group, member: GroupMember): boolean {
    if (this.#misled.has(member)) return false;
    if (group instanceof ConsumerGroup) return group.members.get(member.memberId) !== undefined;
    if (!(group instanceof ClassicGroup)) return false;
    const { members, generationId, state } = group.protocol;
    if (!members.has(member.memberId)) return false;
    if (member.instanceId === null) return true;
    // A static member that has missed a generation stays in the group (KIP-345), and what it had
    // may have gone to others. It hears of that with the next assignment: until then a cooperative
    // one goes on with what it has, also when it has joined again.
    const assigned = state === 'CompletingRebalance' ? generationId - 1 : generationId;
    return (this.#assignedIn.get(member) ?? 0) >= assigned;
  }

  /** I-31, as the member has it: another epoch is a higher one, or it begins anew. */
  #checkEpoch(member: GroupMember): void {
    const before = this.#epochs.get(member);
    const { epoch } = member;
    if (before === epoch) return;
    this.#epochs.set(member, epoch);
    const mayFall = member.protocol === 'classic' || before === undefined || epoch <= 0;
    mustHold('I-31', mayFall || epoch > before, () => {
      return `${member.name} of group ${member.groupId} went from epoch ${before} to ${epoch}`;
    });
  }

  /** I-31, as coordinators have it: what was committed is not taken back by the next one. */
  #checkCommittedEpochs(group: ConsumerGroup): void {
    for (const { memberId, memberEpoch } of group.members.committedValues()) {
      const known = this.#committedEpochs.get(memberId) ?? 0;
      this.#committedEpochs.set(memberId, Math.max(known, memberEpoch));
    }
    for (const { memberId, memberEpoch } of group.members.values()) {
      const known = this.#committedEpochs.get(memberId) ?? 0;
      mustHold('I-31', memberEpoch < 0 || memberEpoch >= known, () => {
        return `group ${group.groupId}: ${memberId} fell from epoch ${known} to ${memberEpoch}`;
      });
    }
  }

  /** I-31, of a classic group: a generation with assignments was written before they were told. */
  #checkGeneration({ groupId, protocol: { generationId } }: ClassicGroup): void {
    mustHold('I-31', generationId >= this.#generation, () => {
      return `group ${groupId} fell from generation ${this.#generation} to ${generationId}`;
    });
  }

  /** What is gone with the log that Kafka would have lost as well is forgiven. */
  #noteLosses(): void {
    const { cluster, invariants, groupId, audit } = this.#options;
    const index = offsetsPartition(cluster, groupId);
    const losses = invariants.partition(offsetsTopic, index)?.losses ?? 0;
    if (losses === this.#losses) return;
    this.#losses = losses;
    audit.forget();
    this.#committedEpochs.clear();
    this.#generation = 0;
    for (const { member } of this.#clients) this.#misled.add(member);
  }
}

/**
 * As long as a coordinator has not heard that it has been replaced, it deals out partitions as it
 * likes (seed 17863): to a member that the present one has in another epoch, and will fence.
 */
function isMisled(
  member: GroupMember,
  brokerId: number,
  acting: ActingCoordinator | undefined,
): boolean {
  if (acting === undefined || acting.brokerId === brokerId) return false;
  const group = acting.shard.groups.get(member.groupId);
  if (!(group instanceof ConsumerGroup)) return false;
  const known = group.members.get(member.memberId);
  return known !== undefined && known.memberEpoch !== member.epoch;
}
