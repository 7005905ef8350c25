import { MalformedFrame } from '../malformed-frame.ts';
import { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';
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
import type { RecordTable } from './record-table.ts';

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

export function encodeRecord({ type, key, value }: CoordinatorRecord): {
  key: Uint8Array;
  value: Uint8Array | null;
} {
  const table = tableOf(type);
  const keyBytes = numbered(table.number, (to) => table.key().write(to, key));
  if (value === null) return { key: keyBytes, value: null };
  const version = table.writtenAt(value);
  return { key: keyBytes, value: numbered(version, (to) => table.value(version).write(to, value)) };
}

/** Undefined for a kind that is not known here: Kafka passes over those, too. */
export function decodeRecord(
  keyBytes: Uint8Array,
  valueBytes: Uint8Array | null,
): CoordinatorRecord | undefined {
  const fromKey = new Reader(keyBytes);
  const type = byNumber.get(fromKey.int16());
  if (type === undefined) return undefined;
  const table = tableOf(type);
  const key = table.key().read(fromKey);
  if (valueBytes === null) return { type, key, value: null } as CoordinatorRecord;
  const fromValue = new Reader(valueBytes);
  const version = fromValue.int16();
  const [first, last] = table.versions;
  if (version < first || version > last) throw new MalformedFrame(`${type} of version ${version}`);
  const value = table.value(version).read(fromValue);
  return { type, key, value } as CoordinatorRecord;
}

function numbered(number: number, write: (to: Writer) => void): Uint8Array {
  const to = new Writer();
  to.int16(number);
  write(to);
  return Buffer.concat(to.finish());
}
