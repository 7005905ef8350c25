import { describe, expect, test } from 'vitest';
import { checkHistory } from '../../src/history/check-history.ts';
import { clientCases } from './client-cases.ts';
import { recordCases } from './record-cases.ts';
import { Scene } from './scene.ts';

describe.each(Object.entries({ ...recordCases, ...clientCases }))('%s', (_name, those) => {
  test.each(those)('$name', ({ play, found, options }) => {
    const scene = new Scene();
    play(scene);
    const findings = checkHistory(scene.history, options);
    expect(findings.map(({ rule }) => rule).sort(), JSON.stringify(findings, null, 2)).toEqual(
      [...found].sort(),
    );
  });
});
