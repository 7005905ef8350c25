import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadCorpus } from './fuzz/corpus.ts';
import { fuzz } from './fuzz/fuzz.ts';

const folder = fileURLToPath(new URL('../fixtures/frames', import.meta.url));
const mebibyte = 1 << 20;

test('mutated frames harm nobody but their own connection, and leave no memory behind', () => {
  const { frames, replies, closed, memoryBytes } = fuzz({
    corpus: loadCorpus(folder),
    seed: 20_261_121,
    frames: 4000,
  });
  expect(replies).toBeGreaterThan(frames / 10);
  expect(closed).toBeGreaterThan(frames / 10);
  const grown = memoryBytes.at(-1)! - memoryBytes[0]!;
  expect(grown).toBeLessThan(8 * mebibyte);
});
