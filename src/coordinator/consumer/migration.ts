import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { ClassicGroup } from '../classic-group.ts';
import { groupMetadata } from '../classic-group-record.ts';
import { ClassicMember } from '../classic-member.ts';
import { ClassicMembers } from '../classic-members.ts';
import { readAssignment, readSubscription, writeAssignment } from '../consumer-protocol.ts';
import type { GroupHost } from '../group.ts';
import { type Assignment, heldSince } from './assignment.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import {
  type ConsumerMember,
  currentAssignmentRecord,
  newMember,
  usesClassicProtocol,
} from './consumer-member.ts';
import {
  groupEpochRecord,
  groupTombstones,
  memberMetadataRecord,
  memberTombstones,
  targetEpochRecord,
  targetRecord,
} from './group-records.ts';
import { byId, byName } from './named-partitions.ts';
import { type Refusal, refusal } from './refusal.ts';
import { metadataHash } from './subscription.ts';
import { targetSoFar } from './target-assignment.ts';

// A group changes its kind while it lives: with the first member of the new protocol it becomes a
// consumer group, and a classic one again when the last of them leaves or comes back as a classic
// member (KIP-848).

type Direction = 'upgrade' | 'downgrade';

function allowsMigration({ settings }: GroupHost, direction: Direction): boolean {
  const policy = settings.groupConsumerMigrationPolicy?.toLowerCase();
  return policy === 'bidirectional' || policy === direction;
}

/** The records that make a consumer group of a classic one, everybody where he was. */
export function upgrade(host: GroupHost, group: ClassicGroup): CoordinatorRecord[] | Refusal {
  const { groupId, protocol } = group;
  const cannot = (why: string) =>
    refusal(
      ErrorCode.GROUP_ID_NOT_FOUND,
      `Cannot upgrade classic group ${groupId} to consumer group because ${why}.`,
    );
  if (!allowsMigration(host, 'upgrade')) return cannot('online upgrade is disabled');
  if (protocol.protocolType !== 'consumer') {
    return cannot('the group does not use the consumer embedded protocol');
  }
  if (protocol.members.size > host.settings.groupConsumerMaxSize) {
    return cannot('the group size exceeds the consumer group maximum size');
  }
  const members = protocol.members.all().map((member) => upgraded(host, group, member));
  const wrong = members.find((member) => typeof member === 'string');
  if (wrong !== undefined) return cannot(wrong);
  const good = members.filter((member) => typeof member !== 'string');
  const names = good.flatMap(({ metadata }) => metadata.subscribedTopicNames);
  const { generationId } = protocol;
  return [
    ...group.tombstones(),
    ...good.map((member) => memberMetadataRecord(groupId, member)),
    groupEpochRecord(groupId, generationId, metadataHash(names, host.topics)),
    ...good.map(({ memberId, assigned }) =>
      targetRecord(
        groupId,
        memberId,
        new Map(
          [...assigned].map(([topicId, partitions]) => [topicId, new Set(partitions.keys())]),
        ),
      ),
    ),
    targetEpochRecord(groupId, generationId, 0),
    ...good.map((member) => currentAssignmentRecord(groupId, member)),
  ];
}

function upgraded(
  { topics }: GroupHost,
  { protocol }: ClassicGroup,
  { memberId, groupInstanceId, clientId, clientHost, terms, assignment }: ClassicMember,
): ConsumerMember | string {
  const chosen = terms.protocols.find(({ name }) => name === protocol.protocolName);
  const subscription = readSubscription((chosen ?? terms.protocols[0]!).metadata);
  const assigned = assignment.length === 0 ? undefined : readAssignment(assignment);
  if (subscription === undefined || (assignment.length > 0 && assigned === undefined)) {
    return 'the embedded consumer protocol is malformed';
  }
  if (assigned?.userData?.length) {
    return (
      'an unsupported custom assignor is in use. Please refer to the documentation or switch ' +
      'to a default assignor before re-attempting the upgrade'
    );
  }
  const { generationId } = protocol;
  const partitions = byId(assigned?.assignedPartitions ?? [], topics);
  const { protocols: supportedProtocols, sessionTimeoutMs, rebalanceTimeoutMs } = terms;
  return {
    ...newMember(memberId),
    metadata: {
      ...{ instanceId: groupInstanceId, rackId: subscription.rackId, clientId, clientHost },
      subscribedTopicNames: [...new Set(subscription.topics)].sort(),
      ...{ subscribedTopicRegex: '', rebalanceTimeoutMs, serverAssignor: null },
      classicMemberMetadata: { sessionTimeoutMs, supportedProtocols },
    },
    ...{ memberEpoch: generationId, previousMemberEpoch: generationId },
    assigned: heldSince(partitions, generationId),
  };
}

/** Whether only members of the classic protocol stay when these leave. */
export function isDowngradeDue(
  host: GroupHost,
  group: ConsumerGroup,
  leaving: readonly ConsumerMember[],
): boolean {
  const staying = [...group.members.values()].filter((member) => !leaving.includes(member));
  return staying.length > 0 && canBeClassic(host, staying, staying.length);
}

/** The same, when in the place of the last of the others comes a member of the classic protocol. */
export function isDowngradedBy(
  host: GroupHost,
  group: ConsumerGroup,
  replaced: ConsumerMember | undefined,
): boolean {
  if (replaced === undefined || usesClassicProtocol(replaced)) return false;
  const staying = [...group.members.values()].filter((member) => member !== replaced);
  return canBeClassic(host, staying, group.members.size);
}

const canBeClassic = (host: GroupHost, staying: readonly ConsumerMember[], size: number): boolean =>
  staying.every(usesClassicProtocol) &&
  size <= host.settings.groupMaxSize &&
  allowsMigration(host, 'downgrade');

/** The records that make a classic group of a consumer group, without those who leave. */
export function downgrade(
  host: GroupHost,
  group: ConsumerGroup,
  leaving: readonly ConsumerMember[],
  successor?: ConsumerMember,
): CoordinatorRecord[] {
  const members = new ClassicMembers();
  for (const member of group.members.values()) {
    const { memberId } = member;
    if (!leaving.includes(member)) members.add(downgraded(host, member, group.target(memberId)));
  }
  if (successor !== undefined) {
    members.add(downgraded(host, successor, targetSoFar(group, successor)));
  }
  const { groupId, epochs } = group;
  const written = groupMetadata({
    ...{ groupId, generationId: epochs.groupEpoch, members },
    ...{ protocolType: 'consumer', protocolName: members.selectProtocol() },
    stateSinceMs: host.clock.now(),
  });
  const gone = successor === undefined ? [] : memberTombstones(groupId, successor.memberId);
  return [...gone, ...groupTombstones(group), written];
}

function downgraded(
  { topics }: GroupHost,
  { memberId, metadata }: ConsumerMember,
  target: Assignment,
): ClassicMember {
  const { instanceId, clientId, clientHost, rebalanceTimeoutMs } = metadata;
  const { sessionTimeoutMs, supportedProtocols } = metadata.classicMemberMetadata!;
  const member = new ClassicMember(
    { memberId, groupInstanceId: instanceId, clientId, clientHost },
    { protocols: supportedProtocols, sessionTimeoutMs, rebalanceTimeoutMs },
  );
  const partitions = byName(target, topics);
  member.assignment = writeAssignment(partitions, supportedProtocols[0]!.metadata);
  return member;
}
