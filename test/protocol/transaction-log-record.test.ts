import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeTransaction,
  encodeTransaction,
} from '../../src/coordinator/transactions/transaction-metadata.ts';
import { TransactionLogRecord } from '../../src/protocol/coordinator-records/transaction-log.ts';
import { MalformedFrame } from '../../src/protocol/malformed-frame.ts';
import { arbitraryOf } from './arbitrary.ts';
import { decode, encode } from './codecs.ts';

const { valueType, value } = TransactionLogRecord;

test.each([0, 1])('a value of version %d reads what it wrote', (number) => {
  const version = { number, flexible: number >= TransactionLogRecord.flexible };
  fc.assert(
    fc.property(arbitraryOf(valueType, version), (written) => {
      expect(decode(value(number), encode(value(number), written))).toEqual(written);
    }),
    { numRuns: 40 },
  );
});

test('an id that is forgotten has no value', () => {
  const { key, value: none } = encodeTransaction({ transactionalId: 'T', metadata: null }, 2);
  expect(none).toBeNull();
  expect(decodeTransaction(key, null)).toEqual({ transactionalId: 'T', metadata: null });
  expect(() => decodeTransaction(key, Uint8Array.of(0, 2))).toThrow(MalformedFrame);
});

interface Captured {
  readonly origin: string;
  readonly records: readonly (readonly [key: string, value: string])[];
}

// How it was captured: test/fixtures/README.md.
const file = new URL('../fixtures/transaction-state.json', import.meta.url);
const captured: Captured = JSON.parse(readFileSync(file, 'utf8'));
const hex = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString('hex');

describe(captured.origin, () => {
  test.each(captured.records)('%s is read and written again, byte for byte', (key, written) => {
    const bytes = Buffer.from(written, 'hex');
    const read = decodeTransaction(Buffer.from(key, 'hex'), bytes);
    const again = encodeTransaction(read, bytes.readInt16BE(0));
    expect([hex(again.key), hex(again.value)]).toEqual([key, written]);
  });
});
