import { expect, test, vi } from 'vitest';
import { isFailure, report, resultOf } from '../../clients/runner/result.mjs';

const program = { name: 'p', client: 'c', version: '1', language: 'Go', what: 'w', run: ['p'] };
const passed = ['a', 'b'].map((check) => ({ check, ok: true, ms: 3 }));
const failed = [{ check: 'c', ok: false, error: 'why' }];
const nothing = { passed: [], failed: [], lacks: [], problems: [] };

const result = (outcome: Parameters<typeof resultOf>[2]) =>
  resultOf({ name: 'folder' }, program, outcome);
const green = () => result({ verdict: { ...nothing, passed } });
const red = () => result({ verdict: { ...nothing, passed, failed, problems: ['p'] } });

test('what brokers served becomes the versions of each API, in one order', () => {
  const requests = [
    { api: 'Produce', version: 9 },
    { api: 'Fetch', version: 11 },
    { api: 'Produce', version: 7 },
    { api: 'Fetch', version: 11 },
  ];
  expect(result({ verdict: nothing, requests }).used).toEqual([
    { api: 'Fetch', versions: [11] },
    { api: 'Produce', versions: [7, 9] },
  ]);
});

test('a folder that does not build is a problem of each of its programs', () => {
  const broken = result({ broken: 'go build failed' });
  expect(broken.problems).toEqual(['go build failed']);
  expect(isFailure(broken)).toBe(true);
});

test('what is absent is no failure by hand, and one where everything has to be there', () => {
  const absent = result({ absent: 'there is no go here' });
  vi.stubEnv('CI', '');
  expect([isFailure(absent), report([absent]).numFailedTests]).toEqual([false, 0]);
  vi.stubEnv('CI', '1');
  expect([isFailure(absent), report([absent]).numFailedTests]).toEqual([true, 1]);
  vi.unstubAllEnvs();
});

test('the report counts checks', () => {
  expect(report([green(), red()])).toMatchObject({
    ...{ success: false, numPassedTests: 4, numFailedTests: 2 },
  });
  expect(report([green()]).success).toBe(true);
});
