import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AssertionFailure } from '../../src/assert.ts';
import { Writer } from '../../src/protocol/writer.ts';

function hex(write: (to: Writer) => void): string {
  const to = new Writer();
  write(to);
  return Buffer.concat(to.finish()).toString('hex');
}

describe('Writer', () => {
  test('integers are big-endian', () => {
    expect(hex((to) => [to.int8(-1), to.int8(127), to.boolean(true)])).toBe('ff7f01');
    expect(hex((to) => [to.int16(-2), to.int16(32767)])).toBe('fffe7fff');
    expect(hex((to) => [to.int32(-3), to.int32(0x12345678)])).toBe('fffffffd12345678');
  });

  test.each([
    [0, '0000000000000000'],
    [-0, '0000000000000000'],
    [-1, 'ffffffffffffffff'],
    [-4294967296, 'ffffffff00000000'],
    [Number.MAX_SAFE_INTEGER, '001fffffffffffff'],
    [Number.MIN_SAFE_INTEGER, 'ffe0000000000001'],
    [2 ** 63 - 1024, '7ffffffffffffc00'],
    [2 ** 63, '7fffffffffffffff'],
    [Number.MAX_VALUE, '7fffffffffffffff'],
    [-(2 ** 63), '8000000000000000'],
    [-Number.MAX_VALUE, '8000000000000000'],
  ])('int64 %d, to the nearest there is', (value, expected) => {
    expect(hex((to) => to.int64(value))).toBe(expected);
  });

  test('uvarints take seven bits a byte', () => {
    const written = [0, 127, 128, 16383, 16384, 0xffffffff].map((value) =>
      hex((to) => to.uvarint(value)),
    );
    expect(written).toEqual(['00', '7f', '8001', 'ff7f', '808001', 'ffffffff0f']);
    expect(() => hex((to) => to.uvarint(-1))).toThrow(AssertionFailure);
  });

  test('a uuid has 22 characters of base64url', () => {
    expect(hex((to) => to.uuid('_____________________w'))).toBe('ff'.repeat(16));
    expect(() => hex((to) => to.uuid('short'))).toThrow(AssertionFailure);
  });

  test('text, short and long, ASCII and not', () => {
    for (const text of ['', 'orders', 'é', 'ordérs', 'x'.repeat(300), '🙂'.repeat(40)]) {
      const bytes = Buffer.from(text);
      expect(hex((to) => to.utf8(text, bytes.length))).toBe(bytes.toString('hex'));
    }
  });

  test('bytes by reference go out as the very object, between what was written around them', () => {
    const batch = new Uint8Array([1, 2, 3]);
    const to = new Writer();
    to.int8(9);
    to.reference(batch);
    to.reference(new Uint8Array(0));
    to.reference(batch);
    to.int8(8);
    const chunks = to.finish();
    expect(chunks.map((chunk) => chunk.length)).toEqual([1, 3, 3, 1]);
    expect(chunks[1]).toBe(batch);
    expect(chunks[2]).toBe(batch);
  });

  test('a frame starts with the size of the rest, references included', () => {
    const to = new Writer();
    to.int32(0);
    to.int8(7);
    to.reference(Buffer.alloc(300));
    to.int8(8);
    const bytes = Buffer.concat(to.finishFrame());
    expect(bytes.readInt32BE(0)).toBe(302);
    expect(bytes.length).toBe(306);
  });

  test.each([0, 1, 127, 128, 16383, 16384, 200_000])('a sized body of %d bytes', (length) => {
    const body = Buffer.alloc(length, 0x61);
    const written = hex((to) => {
      to.int8(1);
      to.sized(() => to.copy(body));
      to.int8(2);
    });
    const size = hex((to) => to.uvarint(length));
    expect(written === `01${size}${body.toString('hex')}02`).toBe(true);
  });

  test('a chunk once handed out never changes, whoever writes after', () => {
    const piece = fc.record({ size: fc.integer({ min: 1, max: 40_000 }), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 4 }), { maxLength: 12 }), (messages) => {
        const sent: { chunks: Uint8Array[]; expected: Buffer }[] = [];
        const open: Writer[] = [];
        for (const pieces of messages) {
          const to = new Writer();
          open.push(new Writer()); // one that never ends, as after an error
          const expected = pieces.map(({ size, byte }) => Buffer.alloc(size, byte));
          for (const bytes of expected) to.copy(bytes);
          open.at(-1)!.copy(Buffer.alloc(100, 0xee));
          sent.push({ chunks: to.finish(), expected: Buffer.concat(expected) });
        }
        for (const { chunks, expected } of sent) {
          expect(Buffer.concat(chunks).equals(expected)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('messages share a slab while there is room', () => {
    const buffers = [1, 2, 3].map((value) => {
      const to = new Writer();
      to.int32(value);
      return to.finish()[0]!.buffer;
    });
    expect(new Set(buffers).size).toBeLessThan(3);
  });
});
