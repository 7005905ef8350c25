import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CoordinatorRecord,
  decodeRecord,
  encodeRecord,
  type RecordType,
  recordTables,
} from '../../src/protocol/coordinator-records/coordinator-record.ts';
import type { RecordTable } from '../../src/protocol/coordinator-records/record-table.ts';
import { MalformedFrame } from '../../src/protocol/malformed-frame.ts';
import { arbitraryOf } from './arbitrary.ts';
import { decode, encode } from './codecs.ts';

const tables = Object.entries(recordTables) as unknown as [
  RecordType,
  RecordTable<unknown, unknown>,
][];

const versionsOf = ({ versions: [first, last] }: RecordTable<unknown, unknown>) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe.each(tables)('%s', (type, table) => {
  test.each(versionsOf(table))('a value of version %d reads what it wrote', (number) => {
    const version = { number, flexible: number >= table.flexible };
    fc.assert(
      fc.property(arbitraryOf(table.valueType, version), (value) => {
        expect(decode(table.value(number), encode(table.value(number), value))).toEqual(value);
      }),
      { numRuns: 40 },
    );
  });

  test('key and tombstone come back', () => {
    fc.assert(
      fc.property(arbitraryOf(table.keyType, { number: 0, flexible: false }), (key) => {
        const tombstone = { type, key, value: null } as CoordinatorRecord;
        const written = encodeRecord(tombstone);
        expect(written.value).toBeNull();
        expect(decodeRecord(written.key, null)).toEqual(tombstone);
      }),
      { numRuns: 40 },
    );
  });
});

const commit = { offset: 5, leaderEpoch: 1, metadata: '', commitTimestamp: 9 };
const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ';
const key = { group: 'g', topic: 't', partition: 3 };

test('an offset is written at version 4, and at 1 when it has a time to expire', () => {
  const lasting = { ...commit, expireTimestamp: -1, topicId };
  const expiring = { ...commit, expireTimestamp: 99, topicId };
  const at4 = encodeRecord({ type: 'offset-commit', key, value: lasting });
  const at1 = encodeRecord({ type: 'offset-commit', key, value: expiring });
  expect([at4.value![1], at1.value![1]]).toEqual([4, 1]);
  expect(decodeRecord(at4.key, at4.value)?.value).toEqual(lasting);
  expect(decodeRecord(at1.key, at1.value)?.value).toMatchObject({ offset: 5, expireTimestamp: 99 });
});

test('a kind that is not known is passed over, a version that is not known is not', () => {
  expect(decodeRecord(Uint8Array.of(0, 99, 1), Uint8Array.of(0, 0))).toBeUndefined();
  const written = encodeRecord({ type: 'offset-commit', key, value: null });
  expect(() => decodeRecord(written.key, Uint8Array.of(0, 5))).toThrow(MalformedFrame);
});

interface Captured {
  readonly origin: string;
  readonly records: readonly (readonly [key: string, value: string | null])[];
}

// How it was captured: test/fixtures/README.md.
const file = new URL('../fixtures/consumer-offsets.json', import.meta.url);
const captured: Captured = JSON.parse(readFileSync(file, 'utf8'));

describe(captured.origin, () => {
  test.each(captured.records)('%s is read and written again, byte for byte', (key, value) => {
    const read = decodeRecord(
      Buffer.from(key, 'hex'),
      value === null ? null : Buffer.from(value, 'hex'),
    );
    const again = encodeRecord(read!);
    expect(Buffer.from(again.key).toString('hex')).toBe(key);
    const hex = again.value && Buffer.from(again.value).toString('hex');
    // Its hash takes all of 64 bits, of which a number keeps 53 (docs/decisions/0002-int64.md).
    const isExact = read!.type !== 'consumer-group-metadata';
    expect(isExact ? hex : hex?.slice(0, -4)).toBe(isExact ? value : value?.slice(0, -4));
  });
});
