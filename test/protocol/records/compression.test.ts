import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordsOf } from '../../../src/protocol/records/batch-records.ts';
import {
  compress,
  compressionTypes,
  decompress,
} from '../../../src/protocol/records/compression.ts';
import { packLz4Block } from '../../../src/protocol/records/lz4-block.ts';
import { readZstd } from '../../../src/protocol/records/zstd.ts';
import { clientBatches, codecFrames, codecText } from './fixtures.ts';

const idOf = (name: string): number => (compressionTypes as readonly string[]).indexOf(name);

describe('batches of real clients', () => {
  it.each(clientBatches)('$name', ({ name, bytes, count }) => {
    const records = recordsOf(bytes, 0)!;
    expect(records.length).toBe(count);
    for (const [index, record] of records.entries()) {
      expect(record.offset).toBe(records[0]!.offset + index);
      expect(record.timestampMs).toBeGreaterThan(1.7e12);
      if (record.value !== null) expect(record.value.toString()).toMatch(/ record \d with some/);
    }
    if (!name.startsWith('kafkajs')) return;
    expect(records[3]!.key).toBeNull();
    expect(records[4]!.value).toBeNull();
    expect(records[0]!.headers).toEqual([{ key: 'via', value: Buffer.from('kafkajs') }]);
  });
});

describe('frames of other libraries', () => {
  it.each(codecFrames)('$name', ({ codec, bytes }) => {
    const opened = decompress(idOf(codec), bytes);
    expect('bytes' in opened && codecText.equals(opened.bytes)).toBe(true);
  });

  it.each(codecFrames.filter(({ codec }) => codec === 'zstd'))(
    '$name without Node',
    ({ bytes }) => {
      expect(codecText.equals(readZstd(bytes, 1e9))).toBe(true);
    },
  );
});

const writable = compressionTypes;

it.each(writable)('%s brings back what it packed', (type) => {
  const anything = fc.uint8Array({ maxLength: 3000 });
  const repeating = fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 9000 }))
    .map(([part, times]) =>
      new Uint8Array(part.length * times).map((_, at) => part[at % part.length]!),
    );
  fc.assert(
    fc.property(fc.oneof(anything, repeating), (bytes) => {
      const opened = decompress(idOf(type), compress(type, bytes));
      expect('bytes' in opened && Buffer.from(opened.bytes).equals(bytes)).toBe(true);
    }),
  );
});

describe('an lz4 block of ours', () => {
  /** Literal counts and match starts of each sequence of a block, by the format's own rules. */
  function sequences(block: Uint8Array) {
    const found: { literals: number; matchStart: number }[] = [];
    let unpacked = 0;
    for (let at = 0; at < block.length; ) {
      const token = block[at++]!;
      const length = (nibble: number) => {
        if (nibble < 15) return nibble;
        let sum = 15;
        while (block[at] === 255) sum += block[at++]!;
        return sum + block[at++]!;
      };
      const literals = length(token >>> 4);
      at += literals;
      unpacked += literals;
      found.push({ literals, matchStart: unpacked });
      if (at >= block.length) break;
      at += 2;
      unpacked += length(token & 15) + 4;
    }
    return { found, unpacked };
  }

  it('ends in literals and begins no match near its end, or Java refuses it', () => {
    const part = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.nat(30));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 20 }), (parts) => {
        const bytes = Buffer.concat(parts.flatMap(([bit, times]) => Array(times + 1).fill(bit)));
        const room = new Uint8Array(bytes.length + Math.ceil(bytes.length / 255) + 16);
        const block = room.subarray(0, packLz4Block(bytes, room));
        const { found, unpacked } = sequences(block);
        expect(unpacked).toBe(bytes.length);
        if (found.length === 1) return;
        expect(found.at(-1)!.literals).toBeGreaterThanOrEqual(5);
        expect(found.at(-2)!.matchStart).toBeLessThanOrEqual(bytes.length - 12);
      }),
      { numRuns: 500 },
    );
  });
});

describe('hostile bytes', () => {
  const seeds = [
    ...codecFrames.filter(({ bytes }) => bytes.length < 1000),
    ...writable.map((codec) => ({ codec, bytes: Buffer.from(compress(codec, codecText)) })),
  ];

  it('never do anything but give a value, soon', () => {
    const mutation = fc.record({
      seed: fc.nat(seeds.length - 1),
      cut: fc.nat(1200),
      edits: fc.array(fc.tuple(fc.nat(1200), fc.nat(255)), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(mutation, ({ seed, cut, edits }) => {
        const { codec, bytes } = seeds[seed]!;
        const hostile = Buffer.from(bytes.subarray(0, Math.max(0, bytes.length - (cut % 40))));
        for (const [at, value] of edits) if (at < hostile.length) hostile[at] = value;
        const opened = decompress(idOf(codec), hostile, 1_000_000);
        if ('bytes' in opened) expect(opened.bytes.length).toBeLessThanOrEqual(1_000_000);
      }),
      { numRuns: 3000, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('of any kind are no reason to throw', () => {
    fc.assert(
      fc.property(fc.nat(7), fc.uint8Array({ maxLength: 200 }), (id, bytes) => {
        decompress(id, bytes, 10_000);
      }),
      { numRuns: 2000 },
    );
  });

  it('are noticed in whatever byte, where blocks have checksums', () => {
    const { bytes } = codecFrames.find(({ name }) => name === 'lz4 frame with block checksums')!;
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0x01;
      expect(decompress(idOf('lz4'), changed)).toEqual({ problem: 'corrupt' });
    }
  });

  it('are corrupt when they are shorter than they say', () => {
    expect(decompress(2, Uint8Array.of(9, 2 << 2, 97, 98, 99))).toEqual({ problem: 'corrupt' });
    expect('bytes' in decompress(2, Uint8Array.of(3, 2 << 2, 97, 98, 99))).toBe(true);
  });

  it('do not keep us busy: a snappy literal of negative length', () => {
    // snappyjs moves back over this tag for ever.
    expect(decompress(2, Uint8Array.of(10, 0xfc, 0xfa, 0xff, 0xff, 0xff))).toEqual({
      problem: 'corrupt',
    });
  });

  it('do not keep us busy: a zstd frame of tiny blocks with a huge window', () => {
    const blocks = 200_000;
    const frame = Buffer.alloc(6 + blocks * 4);
    frame.writeUInt32LE(0xfd2fb528, 0);
    frame[5] = 17 << 3; // window of 128 MiB
    for (let at = 6; at < frame.length; at += 4) frame.writeUInt32LE(0b01_0 | (1 << 3), at);
    expect(() => readZstd(frame, 2 ** 28)).toThrow();
  });

  it.each(['gzip', 'snappy', 'lz4'] as const)('do not blow up: %s', (type) => {
    const bomb = compress(type, new Uint8Array(3_000_000));
    expect(decompress(idOf(type), bomb, 2_000_000)).toEqual({ problem: 'too-large' });
    expect('bytes' in decompress(idOf(type), bomb, 3_000_000)).toBe(true);
  });

  it('are corrupt when they are not gzip but deflate, or cut', () => {
    expect(decompress(1, deflateRawSync('abc'))).toEqual({ problem: 'corrupt' });
    expect(decompress(1, gzipSync('abc').subarray(0, -9))).toEqual({ problem: 'corrupt' });
  });
});
