import { expect, test } from 'vitest';
import { verdictOf } from '../../clients/runner/verdict.mjs';

const shared = ['create-topic', 'headers', 'produce-zstd'];
const ok = (check: string) => ({ check, ok: true, ms: 1 });
const lacks = { lacks: 'produce-zstd', why: 'it has no zstd' };
const allDone = [ok('create-topic'), ok('headers'), lacks];

const printed = (...said: (object | string)[]) =>
  said.map((each) => `${typeof each === 'string' ? each : JSON.stringify(each)}\n`).join('');

const verdict = (said: (object | string)[], ended: { status?: number; timedOut?: number } = {}) =>
  verdictOf(shared, { stdout: printed(...said), status: 0, ...ended });

test('every shared check done or lacking, status 0: nothing is wrong', () => {
  expect(verdict([...allDone, ok('of-its-own')])).toEqual({
    passed: [ok('create-topic'), ok('headers'), ok('of-its-own')],
    failed: [],
    lacks: [{ check: 'produce-zstd', why: 'it has no zstd' }],
    problems: [],
  });
});

test('what its client.json says that it lacks is lacking, and not to be said again', () => {
  const of = (...said: object[]) =>
    verdictOf(shared, { stdout: printed(...said), status: 0 }, { 'produce-*': 'it only reads' });
  expect(of(ok('create-topic'), ok('headers'))).toMatchObject({
    lacks: [{ check: 'produce-zstd', why: 'it only reads' }],
    problems: [],
  });
  expect(of(...allDone).problems).toEqual(['reports twice: produce-zstd']);
  expect(() => verdictOf(shared, { stdout: '', status: 0 }, { consume: 'x' })).toThrow(/consume/);
});

test('a check that fails is a failure, and its exit status no second one', () => {
  const failure = { check: 'headers', ok: false, error: 'they differ' };
  const { failed, problems } = verdict([ok('create-topic'), failure, lacks], { status: 1 });
  expect([failed, problems]).toEqual([[failure], []]);
});

test.each<[string, (object | string)[], { status?: number; timedOut?: number }, string]>([
  ['a shared check is left out', allDone.slice(1), {}, 'says nothing of create-topic'],
  ['a check is reported twice', [...allDone, ok('headers')], {}, 'reports twice: headers'],
  ['something else is printed', ['hello', ...allDone], {}, 'not a line of the contract: hello'],
  ['the line is no object', ['null', ...allDone], {}, 'not a line of the contract: null'],
  [
    'a check lacks that nobody shares',
    [...allDone, { lacks: 'header', why: 'misspelt' }],
    {},
    'not a line of the contract: {"lacks":"header","why":"misspelt"}',
  ],
  [
    'it lacks without a reason',
    [...allDone.slice(0, 2), ok('produce-zstd'), { lacks: 'headers' }],
    {},
    'not a line of the contract: {"lacks":"headers"}',
  ],
  ['it says all is well and ends badly', allDone, { status: 3 }, 'ended with status 3'],
  ['it took too long', allDone, { timedOut: 120_000 }, 'was not done after 120 s'],
])('%s: that is a problem', (_name, said, ended, problem) => {
  expect(verdict(said, ended).problems).toEqual([problem]);
});
