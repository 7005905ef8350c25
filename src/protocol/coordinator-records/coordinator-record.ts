import {
  ConsumerGroupCurrentMemberAssignmentRecord,
  ConsumerGroupMemberMetadataRecord,
  ConsumerGroupMetadataRecord,
  ConsumerGroupPartitionMetadataRecord,
  ConsumerGroupRegularExpressionRecord,
  ConsumerGroupTargetAssignmentMemberRecord,
  ConsumerGroupTargetAssignmentMetadataRecord,
} from './consumer-group-records.ts';
import { GroupMetadataRecord } from './group-metadata-record.ts';
import { OffsetCommitRecord } from './offset-commit-record.ts';
import {
  decodeWith,
  type EncodedRecord,
  encodeWith,
  type RecordTable,
  recordNumber,
} from './record-table.ts';

/** Every kind of record of `__consumer_offsets`, in the order of the numbers. */
export const recordTables = {
  'offset-commit': OffsetCommitRecord,
  'group-metadata': GroupMetadataRecord,
  'consumer-group-metadata': ConsumerGroupMetadataRecord,
  'consumer-group-partition-metadata': ConsumerGroupPartitionMetadataRecord,
  'consumer-group-member-metadata': ConsumerGroupMemberMetadataRecord,
  'consumer-group-target-assignment-metadata': ConsumerGroupTargetAssignmentMetadataRecord,
  'consumer-group-target-assignment-member': ConsumerGroupTargetAssignmentMemberRecord,
  'consumer-group-current-member-assignment': ConsumerGroupCurrentMemberAssignmentRecord,
  'consumer-group-regular-expression': ConsumerGroupRegularExpressionRecord,
} as const;

type Tables = typeof recordTables;
export type RecordType = keyof Tables;
type KeyOf<T> = T extends RecordTable<infer K, infer _> ? K : never;
type ValueOf<T> = T extends RecordTable<infer _, infer V> ? V : never;

/** What the coordinator knows, it knows by these. A value of null, a tombstone, forgets. */
export type CoordinatorRecord<T extends RecordType = RecordType> = {
  readonly [N in T]: {
    readonly type: N;
    readonly key: KeyOf<Tables[N]>;
    readonly value: ValueOf<Tables[N]> | null;
  };
}[T];

const byNumber = new Map<number, RecordType>(
  Object.entries(recordTables).map(([type, { number }]) => [number, type as RecordType]),
);

const tableOf = (type: RecordType): RecordTable<unknown, unknown> => recordTables[type];

export const encodeRecord = ({ type, key, value }: CoordinatorRecord): EncodedRecord =>
  encodeWith(tableOf(type), key, value);

/** Undefined for a kind that is not known here: Kafka passes over those, too. */
export function decodeRecord(
  keyBytes: Uint8Array,
  valueBytes: Uint8Array | null,
): CoordinatorRecord | undefined {
  const type = byNumber.get(recordNumber(keyBytes));
  if (type === undefined) return undefined;
  return { type, ...decodeWith(tableOf(type), keyBytes, valueBytes) } as CoordinatorRecord;
}
