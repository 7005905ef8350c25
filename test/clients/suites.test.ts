import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { verdictsOf } from '../../clients/suites/go-module.mjs';
import type { Verdict } from '../../clients/suites/index.mjs';
import { librdkafka } from '../../clients/suites/librdkafka.mjs';
import { renderSuites } from '../../clients/suites/render.mjs';
import { compare, readSuites } from '../../clients/suites/results.mjs';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

describe('what a Go test prints', () => {
  test('a test without parts has its own verdict', () => {
    expect(verdictsOf('=== RUN   TestA\n--- SKIP: TestA (0.00s)\n')).toEqual({ TestA: 'skipped' });
  });

  test('a test with parts is its parts', () => {
    const output = `=== RUN   TestA
=== RUN   TestA/one
=== RUN   TestA/two_(2)
--- FAIL: TestA (0.00s)
    --- PASS: TestA/one (0.11s)
    --- FAIL: TestA/two_(2) (0.14s)
`;
    expect(verdictsOf(output)).toEqual({ 'TestA/one': 'passed', 'TestA/two_(2)': 'failed' });
  });

  test('what had not ended when the process died has failed', () => {
    const output = '=== RUN   TestA\n=== RUN   TestA/one\npanic: Fail in goroutine\n';
    expect(verdictsOf(output)).toEqual({ 'TestA/one': 'failed' });
  });
});

test('a number of librdkafka has its own verdicts, and what did not end has failed', () => {
  const stdout = [
    '[0069_a /  0.000s] ================= Running test 0069_a =================',
    '\u001b[32m================= Test 0069_a PASSED =================\u001b[0m',
    '[0069_b /  0.000s] ================= Running test 0069_b =================',
    '================= Test 0069_b SKIPPED =================',
    '\u001b[33m[0069_d /  0.000s] WARN: SKIPPING TEST: Filtered due to negative flags',
    '[0069_c /  0.000s] ================= Running test 0069_c =================',
  ].join('\n');
  expect(librdkafka.verdicts({ stdout })).toEqual({
    '0069_a': 'passed',
    '0069_b': 'skipped',
    '0069_c': 'failed',
    '0069_d': 'skipped',
  });
});

const kept = (target: string, results: Record<string, Verdict>) => ({
  ...{ client: 'kafka-go', version: '1', target, results },
});
const sides = {
  odradek: kept('Odradek', { a: 'passed', b: 'failed', d: 'passed', e: 'failed' }),
  'apache-kafka': kept('Apache Kafka', { a: 'passed', b: 'passed', c: 'passed', d: 'passed' }),
  nobody: kept('no broker', { d: 'passed' }),
};

test('what counts passes on Apache Kafka, and not without a broker', () => {
  expect(compare(sides)).toEqual({ pass: ['a'], differ: ['b', 'c'] });
  expect(renderSuites([sides])).toContain('| kafka-go | 1 | 1 ÷ 3 |');
});

test('what was not run here does not pass for zero', () => {
  const { odradek: _, ...there } = sides;
  expect(renderSuites([there])).toContain('| kafka-go | 1 | not run |');
});

test('DIFFERENCES.md names each test of a suite that passes on Apache Kafka and not here', () => {
  const page = readFileSync(path('../../docs/DIFFERENCES.md'), 'utf8');
  const named = new Set([...page.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  const isNamed = (name: string) => named.has(name) || named.has(`${name.split('/')[0]}/…`);
  const differ = readSuites(path('../../clients/results')).flatMap(
    (suite) => compare(suite).differ,
  );
  expect(differ.filter((name) => !isNamed(name))).toEqual([]);
});
