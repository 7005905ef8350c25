import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { reporters } from '../reporters.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const cacheDir = fileURLToPath(new URL('../../node_modules/.vite', import.meta.url));

/**
 * Files in faults/ take brokers down. They come last and one at a time, so that everything else may
 * run side by side on one cluster.
 */
export default defineConfig({
  root,
  cacheDir,
  test: {
    reporters: reporters(process.env.KAFKA_BOOTSTRAP ? 'conformance-real' : 'conformance'),
    projects: [
      {
        root,
        cacheDir,
        test: {
          name: 'steady',
          include: ['**/*.test.ts'],
          exclude: ['faults/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        root,
        cacheDir,
        test: {
          name: 'faults',
          include: ['faults/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
