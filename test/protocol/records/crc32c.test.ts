import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32c } from '../../../src/protocol/records/crc32c.ts';

function bitByBit(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

it('has the check value of the CRC catalogue', () => {
  expect(crc32c(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283);
});

it('equals the definition, over any range and in any number of parts', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 6000, size: 'max' }),
      fc.nat(),
      fc.nat(),
      (bytes, a, b) => {
        const start = a % (bytes.length + 1);
        const middle = start + (b % (bytes.length - start + 1));
        const whole = bitByBit(bytes.subarray(start));
        expect(crc32c(bytes, start, bytes.length)).toBe(whole);
        expect(crc32c(bytes, middle, bytes.length, crc32c(bytes, start, middle))).toBe(whole);
      },
    ),
    { interruptAfterTimeLimit: 10_000 },
  );
});
