import { defineConfig } from 'vitest/config';
import { reporters } from '../reporters.ts';

/** Programs of other makers against the built command line. A JVM takes its time to start. */
export default defineConfig({
  cacheDir: '../../node_modules/.vite/clients',
  test: {
    root: new URL('.', import.meta.url).pathname,
    include: ['**/*.test.ts'],
    globalSetup: process.env.KAFKA_BOOTSTRAP ? [] : ['../build.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: reporters('clients'),
  },
});
