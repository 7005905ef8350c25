import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import { type MemberState, stateNumbered } from './consumer-member.ts';

/** What happens to a consumer group besides who comes and goes (KIP-848). */
export type ConsumerGroupEvent =
  | { readonly type: 'group-epoch-bumped'; readonly groupEpoch: number }
  | { readonly type: 'target-assignment-made'; readonly assignmentEpoch: number }
  | {
      readonly type: 'member-reconciled';
      readonly memberId: string;
      readonly memberEpoch: number;
      readonly state: MemberState;
      /** How many partitions it has, those that it is about to give up not counted. */
      readonly partitions: number;
    };

/** Nothing happens to a consumer group without a record. */
export function eventsOf(records: readonly CoordinatorRecord[]): ConsumerGroupEvent[] {
  return records.flatMap((record): ConsumerGroupEvent[] => {
    if (record.value === null) return [];
    switch (record.type) {
      case 'consumer-group-metadata':
        return [{ type: 'group-epoch-bumped', groupEpoch: record.value.epoch }];
      case 'consumer-group-target-assignment-metadata': {
        const { assignmentEpoch } = record.value;
        return [{ type: 'target-assignment-made', assignmentEpoch }];
      }
      case 'consumer-group-current-member-assignment': {
        const { memberEpoch, state, assignedPartitions } = record.value;
        const partitions = assignedPartitions.reduce((sum, one) => sum + one.partitions.length, 0);
        const { memberId } = record.key;
        const what = { memberId, memberEpoch, state: stateNumbered(state), partitions };
        return [{ type: 'member-reconciled', ...what }];
      }
      default:
        return [];
    }
  });
}
