import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBatch, type RecordToWrite } from '../../../src/protocol/records/batch-builder.ts';
import { recordsOf } from '../../../src/protocol/records/batch-records.ts';
import { compressionTypes } from '../../../src/protocol/records/compression.ts';
import { readEndTransactionMarker } from '../../../src/protocol/records/end-transaction-marker.ts';
import { writeInt32 } from '../../../src/protocol/records/int64.ts';
import {
  baseTimestampOf,
  headerSizeBytes,
  isCrcValid,
  recordCountOf,
} from '../../../src/protocol/records/record-batch.ts';
import { walkRecords } from '../../../src/protocol/records/record-walk.ts';

const nullableBytes = fc.option(
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 0, max: 20_000 }).map((size) => new Uint8Array(size).fill(7)),
  ),
);
const record: fc.Arbitrary<Required<Omit<RecordToWrite, 'offsetDelta'>>> = fc.record({
  key: nullableBytes,
  value: nullableBytes,
  timestampMs: fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 2 ** 42 }), fc.integer()),
  headers: fc.array(fc.record({ key: fc.string({ unit: 'binary' }), value: nullableBytes }), {
    maxLength: 3,
  }),
});
const records = fc.array(record, { minLength: 1, maxLength: 80 });
const types = compressionTypes;

const plain = (bytes: Uint8Array | null): number[] | null => (bytes === null ? null : [...bytes]);

it('brings records back out of a batch, whatever is in them', () => {
  fc.assert(
    fc.property(records, fc.constantFrom(...types), (written, compressionType) => {
      const batch = buildBatch(written, { compressionType, baseOffset: 5, leaderEpoch: 3 });
      expect(isCrcValid(batch, 0, batch.length)).toBe(true);
      const read = recordsOf(batch, 0)!;
      expect(read.length).toBe(written.length);
      read.forEach((found, index) => {
        const { key, value, timestampMs, headers } = written[index]!;
        expect(found.offset).toBe(5 + index);
        expect(found.timestampMs).toBe(timestampMs);
        expect([found.control, found.leaderEpoch]).toEqual([false, 3]);
        expect([plain(found.key), plain(found.value)]).toEqual([plain(key), plain(value)]);
        expect(found.headers.map((h) => [h.key, plain(h.value)])).toEqual(
          headers.map((h) => [Buffer.from(h.key).toString(), plain(h.value)]),
        );
      });
    }),
    { numRuns: 60 },
  );
});

describe('a walk', () => {
  const walk = (batch: Uint8Array) =>
    walkRecords(
      batch,
      headerSizeBytes,
      batch.length,
      recordCountOf(batch, 0),
      baseTimestampOf(batch, 0),
    );

  it('sees what a full reading sees', () => {
    fc.assert(
      fc.property(records, (written) => {
        const stamps = written.map(({ timestampMs }) => timestampMs);
        const real = stamps.filter((timestampMs) => timestampMs !== -1);
        expect({ ...walk(buildBatch(written)) }).toEqual({
          wellFormed: true,
          maxTimestampMs: Math.max(-1, ...stamps),
          minTimestampMs: Math.min(Number.POSITIVE_INFINITY, ...real),
          hasNullKey: written.some(({ key }) => key === null),
          consecutive: true,
        });
      }),
      { numRuns: 200 },
    );
  });

  it('finds offset deltas that are not 0, 1, 2', () => {
    const value = Buffer.from('v');
    const gap = buildBatch([{ value }, { value, offsetDelta: 2 }]);
    expect(walk(gap)).toMatchObject({ wellFormed: true, consecutive: false });
  });

  it('calls well formed only what can be read, and never reads outside', () => {
    const byte = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(records, fc.array(byte, { minLength: 1, maxLength: 4 }), (written, edits) => {
        const batch = buildBatch(written);
        const hostile = Buffer.concat([batch, Buffer.alloc(64, 1)]).subarray(0, batch.length);
        for (const [at, value] of edits) {
          hostile[headerSizeBytes + (at % (batch.length - headerSizeBytes))] = value;
        }
        if (walk(hostile).wellFormed) expect(recordsOf(hostile, 0)?.length).toBe(written.length);
        else expect(recordsOf(hostile, 0)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });
});

it('reads the marker that ends a transaction', () => {
  const key = Uint8Array.of(0, 0, 0, 1);
  const value = new Uint8Array(6);
  writeInt32(value, 2, 42);
  const marker = (type: number) =>
    buildBatch([{ key: key.with(3, type), value }], {
      control: true,
      producerId: 1,
      producerEpoch: 0,
    });
  expect(readEndTransactionMarker(marker(1), 0)).toEqual({ committed: true, coordinatorEpoch: 42 });
  expect(readEndTransactionMarker(marker(0), 0)).toEqual({
    committed: false,
    coordinatorEpoch: 42,
  });
  expect(readEndTransactionMarker(marker(2), 0)).toBeUndefined();
});
