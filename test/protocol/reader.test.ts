import { describe, expect, test } from 'vitest';
import { MalformedFrame } from '../../src/protocol/malformed-frame.ts';
import { Reader } from '../../src/protocol/reader.ts';

const reader = (hex: string) => new Reader(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('Reader', () => {
  test('integers are big-endian and signed', () => {
    const from = reader('ff 7f fffe 7fff fffffffd 80000000');
    expect([from.int8(), from.int8()]).toEqual([-1, 127]);
    expect([from.int16(), from.int16()]).toEqual([-2, 32767]);
    expect([from.int32(), from.int32()]).toEqual([-3, -2147483648]);
    expect(from.remaining).toBe(0);
  });

  test.each([
    ['0000000000000000', 0],
    ['ffffffffffffffff', -1],
    ['00000000ffffffff', 4294967295],
    ['ffffffff00000000', -4294967296],
    ['001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['ffe0000000000001', Number.MIN_SAFE_INTEGER],
    ['1000000000000000', 2 ** 60],
    ['7fffffffffffffff', 2 ** 63],
    ['8000000000000000', -(2 ** 63)],
  ])('int64 %s', (hex, value) => expect(reader(hex).int64()).toBe(value));

  test('beyond 2^53 an int64 rounds to the nearest double, which keeps order', () => {
    const hexes = ['0020000000000000', '0020000000000001', '0020000000000002', '0020000000000003'];
    const values = hexes.map((hex) => reader(hex).int64());
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(values[1]).toBe(Number(0x20000000000001n));
  });

  test.each([
    ['00', 0],
    ['7f', 127],
    ['8001', 128],
    ['8100', 1], // longer than it need be, which Kafka takes
    ['ffffffff07', 0x7fffffff],
    ['ffffffff0f', -1], // as in Kafka: 32 bits with a sign
    ['8180808010', 1], // and what does not fit falls off
  ])('uvarint %s', (hex, value) => {
    const from = reader(hex);
    expect(from.uvarint()).toBe(value);
    expect(from.remaining).toBe(0);
  });

  test.each([
    ['a varint of six bytes', '818080808000', (from: Reader) => from.uvarint()],
    ['a varint that does not end', '8180', (from: Reader) => from.uvarint()],
    ['an int8 from nothing', '', (from: Reader) => from.int8()],
    ['an int16 from one byte', '01', (from: Reader) => from.int16()],
    ['an int32 from three', '010203', (from: Reader) => from.int32()],
    ['an int64 from seven', '01020304050607', (from: Reader) => from.int64()],
    ['a uuid from fifteen', '00'.repeat(15), (from: Reader) => from.uuid()],
    ['a view past the end', '0102', (from: Reader) => from.view(3)],
    ['a view of negative length', '0102', (from: Reader) => from.view(-1)],
    ['a leap backwards', '0102', (from: Reader) => from.skip(-1)],
    ['a leap by more than 31 bits', '0102', (from: Reader) => from.skip(-2147483648)],
    [
      'a string longer than int16 can say',
      '61'.repeat(40000),
      (from: Reader) => from.string(32768),
    ],
    ['more elements than bytes', '0102', (from: Reader) => from.checkElements(3, 0)],
    ['more elements than fit', '01020304', (from: Reader) => from.checkElements(2, 3)],
  ])('%s is malformed', (_title, hex, read) => {
    const from = reader(hex);
    expect(() => read(from)).toThrow(MalformedFrame);
  });

  test('a view is the same memory, a string and a uuid are values', () => {
    const bytes = Buffer.from('00c3a9ff80414243', 'hex');
    const from = new Reader(bytes.subarray(1));
    expect(from.string(4)).toBe('é\ufffd\ufffd');
    const view = from.view(2);
    expect(view.buffer).toBe(bytes.buffer);
    expect(view.toString()).toBe('AB');
    expect([from.position, from.remaining]).toEqual([6, 1]);
    expect(reader('00'.repeat(16)).uuid()).toBe('AAAAAAAAAAAAAAAAAAAAAA');
    expect(reader('ff'.repeat(16)).uuid()).toBe('_____________________w');
  });

  test('a byte order mark is text', () => {
    expect(reader('efbbbf61').string(4)).toBe('\ufeffa');
  });
});
