import { describe, expect, test } from 'vitest';
import { AssertionFailure } from '../../src/assert.ts';
import { MalformedFrame } from '../../src/protocol/malformed-frame.ts';
import { between, since, struct, tagged, until, withDefault } from '../../src/protocol/struct.ts';
import type { NullableType } from '../../src/protocol/type.ts';
import {
  array,
  bytes,
  int8,
  int32,
  nullable,
  nullableString,
  records,
  string,
} from '../../src/protocol/types.ts';
import { decode, encode } from './codecs.ts';

const old = { number: 1, flexible: false };
const flexible = { number: 9, flexible: true };
const fromHex = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('fields', () => {
  const type = struct({
    always: int8,
    from2: since(2, int8, 7),
    to1: until(1, int8, 8),
    only3to4: between(3, 4, int8, 9),
    usual: withDefault(int8, 5),
  });
  const value = { always: 1, from2: 2, to1: 3, only3to4: 4, usual: 5 };

  test.each([
    [1, '010305', { ...value, from2: 7, only3to4: 9 }],
    [2, '010205', { ...value, to1: 8, only3to4: 9 }],
    [3, '01020405', { ...value, to1: 8 }],
    [5, '010205', { ...value, to1: 8, only3to4: 9 }],
  ])('at version %d only those it carries are written', (number, hex, back) => {
    const codec = type.at({ number, flexible: false });
    const written = encode(codec, value);
    expect(written.toString('hex')).toBe(hex);
    expect(decode(codec, written)).toEqual(back);
  });

  test('zero is what absence means', () => {
    expect(type.zero).toEqual({ always: 0, from2: 7, to1: 8, only3to4: 9, usual: 5 });
  });

  test('every value has all keys, in the order of the table', () => {
    for (let number = 0; number < 6; number++) {
      const read = decode(
        type.at({ number, flexible: false }),
        new Uint8Array(8).subarray(0, type.at({ number, flexible: false }).minimumBytes),
      );
      expect(Object.keys(read)).toEqual(Object.keys(value));
    }
  });
});

describe('tagged fields', () => {
  const place = struct({ id: int32, name: string });
  const type = struct({
    a: int8,
    number: tagged(0, 8, int8, -1),
    place: tagged(3, 8, place, null),
    list: tagged(1, 10, array(int8), []),
    text: tagged(2, 8, nullableString, null),
  });
  const empty = { a: 1, number: -1, place: null, list: [], text: null };
  const codec = type.at(flexible);

  test('are sent in the order of their tags when they differ from absence', () => {
    expect(encode(codec, empty).toString('hex')).toBe('0100');
    const full = { ...empty, number: 4, place: { id: 2, name: 'x' }, text: '' };
    const hex = '01 03 00 01 04 02 01 01 03 07 00000002 02 78 00';
    expect(encode(codec, full)).toEqual(fromHex(hex));
    expect(decode(codec, fromHex(hex))).toEqual(full);
  });

  test('are not sent before their version, nor in versions without tags', () => {
    const value = { ...empty, list: [1], number: 3 };
    expect(encode(codec, value)).toEqual(fromHex('01 01 00 01 03'));
    expect(encode(type.at({ number: 8, flexible: false }), value)).toEqual(fromHex('01'));
    const later = type.at({ number: 10, flexible: true });
    expect(decode(later, encode(later, value))).toEqual(value);
  });

  test('unknown tags are skipped, within the frame', () => {
    expect(decode(codec, fromHex('01 02 09 03 aabbcc 00 01 05'))).toEqual({ ...empty, number: 5 });
    expect(() => decode(codec, fromHex('01 01 09 03 aabb'))).toThrow(MalformedFrame);
    expect(() => decode(codec, fromHex('01 01 09 ffffffff0f'))).toThrow(MalformedFrame);
  });

  test('as in Kafka, the size of a known tag and the order of tags do not matter', () => {
    expect(decode(codec, fromHex('01 02 02 63 02 78 00 00 05'))).toEqual({
      ...empty,
      text: 'x',
      number: 5,
    });
  });
});

describe('null', () => {
  test('a null where none may be is malformed', () => {
    const types: readonly [NullableType<unknown>, string][] = [
      [string, 'ffff'],
      [bytes, 'ffffffff'],
      [array(int8), 'ffffffff'],
    ];
    for (const [type, plain] of types) {
      expect(() => decode(type.at(old), fromHex(plain))).toThrow(MalformedFrame);
      expect(() => decode(type.at(flexible), fromHex('00'))).toThrow(MalformedFrame);
      expect(decode(nullable(type).at(old), fromHex(plain))).toBeNull();
      expect(decode(nullable(type).at(flexible), fromHex('00'))).toBeNull();
    }
  });

  test('any negative length is null', () => {
    expect(decode(nullableString.at(old), fromHex('8000'))).toBeNull();
    expect(decode(nullable(array(int8)).at(old), fromHex('fffffffb'))).toBeNull();
  });

  test('from a version on', () => {
    const type = nullable(string, 2);
    const later = type.at({ number: 2, flexible: false });
    expect(encode(later, null)).toEqual(fromHex('ffff'));
    expect(() => decode(type.at(old), fromHex('ffff'))).toThrow(MalformedFrame);
    expect(() => encode(type.at(old), null)).toThrow(AssertionFailure);
    expect(encode(type.at(old), 'a')).toEqual(fromHex('0001 61'));
  });

  test('a struct says by a byte whether it is there', () => {
    const codec = nullable(struct({ a: int8 })).at(flexible);
    expect(encode(codec, null)).toEqual(fromHex('ff'));
    expect(encode(codec, { a: 5 })).toEqual(fromHex('01 05 00'));
    expect(decode(codec, fromHex('80'))).toBeNull();
    expect(decode(codec, fromHex('00 05 00'))).toEqual({ a: 5 });
  });
});

describe('records', () => {
  test('read as one view of the frame, and written by reference', () => {
    const frame = fromHex('00000003 010203');
    const read = decode(records.at(old), frame)!;
    expect(read).toEqual([Buffer.from([1, 2, 3])]);
    expect(read[0]!.buffer).toBe(frame.buffer);
    expect(encode(records.at(flexible), [Buffer.from([1]), Buffer.from([2, 3])])).toEqual(
      fromHex('04 010203'),
    );
  });

  test('nothing is not null', () => {
    expect(decode(records.at(old), fromHex('00000000'))).toEqual([Buffer.alloc(0)]);
    expect(decode(records.at(old), fromHex('ffffffff'))).toBeNull();
    expect(encode(records.at(old), [])).toEqual(fromHex('00000000'));
  });
});

test('a string that the protocol cannot carry is our own mistake', () => {
  expect(() => encode(string.at(old), 'x'.repeat(32768))).toThrow(AssertionFailure);
});
