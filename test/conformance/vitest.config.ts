import { defineConfig } from 'vitest/config';

const root = new URL('.', import.meta.url).pathname;
const common = { root, testTimeout: 60_000, hookTimeout: 60_000 };

/**
 * Files in faults/ take brokers down. They come last and one at a time, so that everything else may
 * run side by side on one cluster.
 */
export default defineConfig({
  test: {
    root,
    projects: [
      {
        test: {
          ...common,
          name: 'steady',
          include: ['**/*.test.ts'],
          exclude: ['faults/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'faults',
          include: ['faults/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
