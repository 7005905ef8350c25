import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  malformed,
  readVarint,
  readVarlong,
  varintEnd,
  varintSize,
  varlongSize,
  writeVarint,
  writeVarlong,
} from '../../../src/protocol/records/varint.ts';

const room = new Uint8Array(16);

it('brings every int32 back', () => {
  fc.assert(
    fc.property(fc.integer(), (value) => {
      const end = writeVarint(room, 2, value);
      expect(end - 2).toBe(varintSize(value));
      expect(readVarint(room, 2, end)).toBe(value);
      expect(varintEnd).toBe(end);
    }),
    { examples: [[0], [-1], [63], [64], [-64], [-65], [2 ** 31 - 1], [-(2 ** 31)]] },
  );
});

it('brings every safe integer back', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const end = writeVarlong(room, 2, value);
      expect(end - 2).toBe(varlongSize(value));
      expect(readVarlong(room, 2, end)).toBe(value);
      expect(varintEnd).toBe(end);
    }),
    { examples: [[0], [-1], [2 ** 31], [-(2 ** 31) - 1], [2 ** 53 - 1], [-(2 ** 53) + 1]] },
  );
});

it('reads a varlong of ten bytes as the nearest double', () => {
  const longest = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
  expect(readVarlong(longest, 0, 10)).toBe(-(2 ** 63));
});

it('calls malformed what has no end', () => {
  const endless = new Uint8Array(12).fill(0xff);
  for (const [read, size] of [
    [readVarint, 5],
    [readVarlong, 10],
  ] as const) {
    read(endless, 0, 12);
    expect(varintEnd).toBe(malformed);
    for (let end = 0; end < size; end++) {
      read(endless, 0, end);
      expect(varintEnd).toBe(malformed);
    }
  }
});
