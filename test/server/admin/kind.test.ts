import { describe, expect, test } from 'vitest';
import {
  either,
  flag,
  fromText,
  type Kind,
  listOf,
  mapOf,
  nullable,
  object,
  oneOf,
  probability,
  problemOf,
  text,
  whole,
} from '../../../src/server/admin/kind.ts';

const pair = object<{ id: number; name: string | null }>({ id: whole, name: nullable(text) });

describe('a value of its kind', () => {
  test.each<[Kind<unknown>, unknown]>([
    [whole, 0],
    [probability, 0.5],
    [flag, false],
    [oneOf(['a', 'b']), 'b'],
    [listOf(whole), []],
    [listOf(whole), [1, 2]],
    [mapOf(text), { a: 'b' }],
    [either(whole, oneOf(['all'])), 'all'],
    [pair, { id: 1, name: null }],
  ])('%j takes %j', (kind, value) => {
    expect(problemOf(kind, value)).toBeUndefined();
  });

  test.each<[Kind<unknown>, unknown, string]>([
    [whole, -1, 'must be a whole number from 0 on, not -1'],
    [whole, 1.5, 'must be a whole number from 0 on, not 1.5'],
    [whole, '1', "must be a whole number from 0 on, not '1'"],
    [probability, 1, 'must be a number from 0 to below 1, not 1'],
    [flag, 1, 'must be true or false, not 1'],
    [oneOf(['a', 'b']), 'c', "must be a or b, not 'c'"],
    [text, undefined, 'must be a string, not undefined'],
    [listOf(whole), [1, 'x'], 'must be a list, each a whole number from 0 on, not [1,"x"]'],
    [mapOf(text), { a: 1 }, 'must be an object of names and values, not {"a":1}'],
    [either(whole, oneOf(['all'])), 'x', "must be a whole number from 0 on or all, not 'x'"],
    [pair, { id: 1 }, 'must be an object of names and values, not {"id":1}'],
    [pair, { id: 1, name: 'x', more: 1 }, 'must be an object of names and values'],
    [pair, null, 'must be an object of names and values, not null'],
  ])('%j does not take %j', (kind, value, problem) => {
    expect(problemOf(kind, value)).toContain(problem);
  });
});

test.each<[Kind<unknown>, string, unknown]>([
  [whole, '12', 12],
  [whole, 'x', 'x'],
  [probability, '0.25', 0.25],
  [listOf(whole), '1,2', [1, 2]],
  [either(whole, oneOf(['clients'])), '7', 7],
  [either(whole, oneOf(['clients'])), 'clients', 'clients'],
  [text, '12', '12'],
])('%j reads %s', (kind, given, value) => {
  expect(fromText(kind, given)).toEqual(value);
});
