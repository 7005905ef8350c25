import type { CoordinatorRecord } from '../protocol/coordinator-records/coordinator-record.ts';
import { ClassicMember } from './classic-member.ts';
import type { ClassicMembers } from './classic-members.ts';

type GroupMetadataRecord = CoordinatorRecord<'group-metadata'>;
export type GroupMetadataValue = NonNullable<GroupMetadataRecord['value']>;

interface Written {
  readonly groupId: string;
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly stateSinceMs: number | undefined;
  readonly members: ClassicMembers;
}

/** A generation as it is written down. `assignmentOf`: if it is not yet what the members have. */
export function groupMetadata(
  group: Written,
  assignmentOf: (member: ClassicMember) => Uint8Array = ({ assignment }) => assignment,
): GroupMetadataRecord {
  const { groupId, generationId, protocolType, protocolName, stateSinceMs, members } = group;
  const value: GroupMetadataValue = {
    protocolType: protocolType ?? '',
    generation: generationId,
    protocol: protocolName,
    leader: members.leaderId,
    currentStateTimestamp: stateSinceMs ?? -1,
    members: members.all().map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeout: member.terms.rebalanceTimeoutMs,
      sessionTimeout: member.terms.sessionTimeoutMs,
      subscription: member.metadataFor(protocolName ?? ''),
      assignment: assignmentOf(member),
    })),
  };
  return { type: 'group-metadata', key: { group: groupId }, value };
}

/** Of what a member could do, only what was chosen is written. */
export function membersOf({ members, protocol }: GroupMetadataValue): ClassicMember[] {
  return members.map((written) => {
    const { rebalanceTimeout, sessionTimeout, subscription } = written;
    const member = new ClassicMember(written, {
      protocols: [{ name: protocol ?? '', metadata: subscription }],
      sessionTimeoutMs: sessionTimeout,
      rebalanceTimeoutMs: rebalanceTimeout === -1 ? sessionTimeout : rebalanceTimeout,
    });
    member.assignment = written.assignment;
    return member;
  });
}
