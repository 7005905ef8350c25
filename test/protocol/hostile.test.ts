import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedFrame } from '../../src/protocol/malformed-frame.ts';
import { Fetch } from '../../src/protocol/messages/fetch.ts';
import { Metadata } from '../../src/protocol/messages/metadata.ts';
import { Reader } from '../../src/protocol/reader.ts';
import type { Codec } from '../../src/protocol/type.ts';
import { arbitraryOf } from './arbitrary.ts';
import { encode, everyMessage } from './codecs.ts';

/** Reads as a connection does, and lets nothing pass but a value or a MalformedFrame. */
function survives(codec: Codec<unknown>, bytes: Uint8Array): 'value' | 'malformed' {
  const from = new Reader(bytes);
  try {
    codec.read(from);
    expect(from.position).toBeLessThanOrEqual(bytes.length);
    return 'value';
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedFrame);
    return 'malformed';
  }
}

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

/** Bytes that lengths, counts and varints are made of, among others. */
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 5 }),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc
      .constantFrom('ff', 'ffffffff', '7fffffff', '80000000', 'ffffffff7f', 'ffffffffffff')
      .map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))),
  ),
});

function mutate(bytes: Buffer, edits: readonly Edit[]): Buffer {
  return edits.reduce((before, { at, remove, insert }) => {
    const start = at % (before.length + 1);
    return Buffer.concat([before.subarray(0, start), insert, before.subarray(start + remove)]);
  }, bytes);
}

describe.each(everyMessage)('$title', ({ type, version, codec }) => {
  test('cut short is malformed, wherever the cut', () => {
    fc.assert(
      fc.property(arbitraryOf(type, version), fc.nat(), (value, cut) => {
        const bytes = encode(codec, value);
        if (bytes.length === 0) return;
        expect(survives(codec, bytes.subarray(0, cut % bytes.length))).toBe('malformed');
      }),
      { numRuns: 20 },
    );
  });

  test('changed is a value or malformed, never anything else', () => {
    fc.assert(
      fc.property(
        arbitraryOf(type, version),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (value, edits) => {
          survives(codec, mutate(encode(codec, value), edits));
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('memory', () => {
  const megabyte = 1 << 20;

  /** How much more is in use afterwards; a collection in between can only make it less. */
  function grownBytes(run: () => void): number {
    const before = process.memoryUsage();
    run();
    const after = process.memoryUsage();
    return after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
  }

  test.each(everyMessage)('$title takes no more of it than the bytes are worth', ({ codec }) => {
    // Zeros and ones make the most of the least: empty names, empty arrays, arrays of one.
    const frames = [0x00, 0x01, 0x02, 0x7f, 0xff].map((byte) => Buffer.alloc(4096, byte));
    const grown = grownBytes(() => {
      for (const frame of frames) survives(codec, frame);
    });
    expect(grown).toBeLessThan(8 * megabyte);
  });

  test.each([
    ['Metadata v5', Metadata.request(5), '7fffffff'],
    ['Metadata v9', Metadata.request(9), 'ffffffff07'],
    ['Fetch v4', Fetch.request(4), 'ffffffff0000000000000000000000000000007fffffff'],
  ])('%s: a count is only a claim', (_title, codec, hex) => {
    const frame = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(megabyte)]);
    const grown = grownBytes(() => expect(survives(codec, frame)).toBe('malformed'));
    expect(grown).toBeLessThan(megabyte);
  });

  test('a frame of a million tiny elements is refused before it becomes a million objects', () => {
    const count = 4 * megabyte;
    const frame = Buffer.alloc(4 + 2 * count);
    frame.writeInt32BE(count);
    const grown = grownBytes(() => {
      expect(survives(Metadata.request(5), frame)).toBe('malformed');
    });
    expect(grown).toBeLessThan(megabyte);
  });
});
