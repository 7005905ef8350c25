import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import {
  type HeldPartitions,
  heldOf,
  noPartitions,
  sameHeld,
  topicPartitionsWithEpochsOf,
} from './assignment.ts';

type ValueOf<T extends CoordinatorRecord['type']> = NonNullable<CoordinatorRecord<T>['value']>;
type MemberMetadata = ValueOf<'consumer-group-member-metadata'>;

/**
 * Stable                has all that its last target assignment gave it.
 * UnrevokedPartitions   stays at its epoch until it no longer owns what it has to give up.
 * UnreleasedPartitions  waits for partitions that others have not given up yet.
 */
export type MemberState = 'Stable' | 'UnrevokedPartitions' | 'UnreleasedPartitions';

/** In the order of Kafka's numbers. */
const states: readonly MemberState[] = ['Stable', 'UnrevokedPartitions', 'UnreleasedPartitions'];

export const stateNumbered = (number: number): MemberState => states[number] ?? 'Stable';

/** It joins, or joins again. */
export const JOINING_EPOCH = 0;
export const LEAVING_EPOCH = -1;
/** A static member that comes back: nobody gets its partitions while its session lasts. */
export const LEAVING_FOR_A_WHILE_EPOCH = -2;

/** A member of a consumer group as the log has it. Never changes: the next record makes another. */
export interface ConsumerMember {
  readonly memberId: string;
  readonly metadata: MemberMetadata;
  readonly memberEpoch: number;
  /** A heartbeat with this one is its own, too, when the reply with the newer one was lost. */
  readonly previousMemberEpoch: number;
  readonly state: MemberState;
  readonly assigned: HeldPartitions;
  /** Still its own until it says that it has let go of them. */
  readonly pendingRevocation: HeldPartitions;
}

export const newMember = (memberId: string): ConsumerMember => ({
  memberId,
  metadata: {
    instanceId: null,
    rackId: null,
    clientId: '',
    clientHost: '',
    subscribedTopicNames: [],
    subscribedTopicRegex: '',
    rebalanceTimeoutMs: -1,
    serverAssignor: null,
    classicMemberMetadata: null,
  },
  memberEpoch: JOINING_EPOCH,
  previousMemberEpoch: -1,
  state: 'Stable',
  assigned: noPartitions,
  pendingRevocation: noPartitions,
});

export const isReconciledTo = (
  { state, memberEpoch }: ConsumerMember,
  assignmentEpoch: number,
): boolean => state === 'Stable' && memberEpoch === assignmentEpoch;

export const usesClassicProtocol = ({ metadata }: ConsumerMember): boolean =>
  metadata.classicMemberMetadata !== null;

const sameNames = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, at) => name === other[at]);

export const subscribesToTheSameNames = (one: ConsumerMember, other: ConsumerMember): boolean =>
  sameNames(one.metadata.subscribedTopicNames, other.metadata.subscribedTopicNames);

export function sameMetadata(one: MemberMetadata, other: MemberMetadata): boolean {
  const { subscribedTopicNames: names, classicMemberMetadata: classic, ...rest } = one;
  if (!sameNames(names, other.subscribedTopicNames)) return false;
  // A classic member says anew what it supports with each of its joins.
  if (classic !== null || other.classicMemberMetadata !== null) return false;
  return Object.entries(rest).every(([name, value]) => other[name as keyof typeof rest] === value);
}

export const sameProgress = (one: ConsumerMember, other: ConsumerMember): boolean =>
  one.memberEpoch === other.memberEpoch &&
  one.previousMemberEpoch === other.previousMemberEpoch &&
  one.state === other.state &&
  sameHeld(one.assigned, other.assigned) &&
  sameHeld(one.pendingRevocation, other.pendingRevocation);

export function withCurrentAssignment(
  member: ConsumerMember,
  value: ValueOf<'consumer-group-current-member-assignment'> | null,
): ConsumerMember {
  if (value === null) {
    return {
      ...member,
      ...{ memberEpoch: LEAVING_EPOCH, previousMemberEpoch: LEAVING_EPOCH },
      ...{ assigned: noPartitions, pendingRevocation: noPartitions },
    };
  }
  const { memberEpoch, previousMemberEpoch, state } = value;
  const defaultEpoch = Math.max(memberEpoch, 0);
  return {
    ...member,
    ...{ memberEpoch, previousMemberEpoch, state: stateNumbered(state) },
    assigned: heldOf(value.assignedPartitions, defaultEpoch),
    pendingRevocation: heldOf(value.partitionsPendingRevocation, defaultEpoch),
  };
}

export function currentAssignmentRecord(
  groupId: string,
  member: ConsumerMember,
): CoordinatorRecord<'consumer-group-current-member-assignment'> {
  const { memberId, memberEpoch, previousMemberEpoch, state } = member;
  return {
    type: 'consumer-group-current-member-assignment',
    key: { groupId, memberId },
    value: {
      ...{ memberEpoch, previousMemberEpoch, state: states.indexOf(state) },
      assignedPartitions: topicPartitionsWithEpochsOf(member.assigned),
      partitionsPendingRevocation: topicPartitionsWithEpochsOf(member.pendingRevocation),
    },
  };
}
