import { ErrorCode } from '../../protocol/error-code.ts';
import { ZERO_UUID } from '../../protocol/types.ts';
import type { CommitOutcome, FetchOutcome } from './group-member.ts';
import type { MemberWire } from './member-wire.ts';
import { byTopic, keyOf } from './partition-key.ts';

/** As whom a member commits. */
export interface CommitIdentity {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly generationIdOrMemberEpoch: number;
}

/** Errors after which the coordinator is looked for anew. */
export const wrongCoordinator: readonly number[] = [
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
];

export function commitOffsets(
  wire: MemberWire,
  identity: CommitIdentity,
  offsets: ReadonlyMap<string, number>,
  done: (outcome: CommitOutcome) => void,
): void {
  const topics = [...byTopic(offsets.keys())].map(([name, partitions]) => ({
    name,
    topicId: ZERO_UUID,
    partitions: partitions.map((partition) => ({
      partitionIndex: partition,
      committedOffset: offsets.get(keyOf({ topic: name, partition }))!,
      committedLeaderEpoch: -1,
      committedMetadata: null,
    })),
  }));
  wire.ask(
    'OffsetCommit',
    () => ({ ...identity, retentionTimeMs: -1, topics }),
    (heard) => {
      if (typeof heard === 'string') {
        done({ errorCodes: undefined });
        return;
      }
      const errorCodes = new Map(
        heard.topics.flatMap(({ name, partitions }) =>
          partitions.map(({ partitionIndex, errorCode }): [string, number] => [
            keyOf({ topic: name, partition: partitionIndex }),
            errorCode,
          ]),
        ),
      );
      const isLost = [...errorCodes.values()].some((code) => wrongCoordinator.includes(code));
      if (isLost) wire.forgetCoordinator();
      done({ errorCodes });
    },
  );
}

/** As Java's consumer asks: nothing that is still under way is passed over (KIP-447). */
export function fetchOffsets(
  wire: MemberWire,
  {
    groupId,
    memberId,
    memberEpoch,
  }: { groupId: string; memberId: string | null; memberEpoch: number },
  keys: readonly string[],
  done: (outcome: FetchOutcome) => void,
): void {
  const topics = [...byTopic(keys)].map(([name, partitionIndexes]) => ({
    name,
    topicId: ZERO_UUID,
    partitionIndexes,
  }));
  const groups = [{ groupId, memberId, memberEpoch, topics }];
  wire.ask(
    'OffsetFetch',
    () => ({ groupId: '', topics: [], groups, requireStable: true }),
    (heard, brokerId) => {
      const group = typeof heard === 'string' ? undefined : heard.groups[0];
      if (group !== undefined && wrongCoordinator.includes(group.errorCode)) {
        wire.forgetCoordinator();
      }
      // Above all UNSTABLE_OFFSET_COMMIT: a transaction may yet change it.
      const isKnown = group?.topics.every(({ partitions }) =>
        partitions.every(({ errorCode }) => errorCode === ErrorCode.NONE),
      );
      if (group?.errorCode !== ErrorCode.NONE || !isKnown) {
        done({ offsets: undefined, brokerId });
        return;
      }
      const offsets = new Map(
        group.topics.flatMap(({ name, partitions }) =>
          partitions.map(({ partitionIndex, committedOffset }): [string, number] => [
            keyOf({ topic: name, partition: partitionIndex }),
            committedOffset,
          ]),
        ),
      );
      done({ offsets, brokerId });
    },
  );
}
