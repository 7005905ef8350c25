import { configDefaults, defineConfig } from 'vitest/config';
import { reporters } from './test/reporters.ts';

/** Tests of what is published: it is built once before them. */
const built = ['test/cli/cli.test.ts', 'test/cli/verbs.test.ts', 'test/package.test.ts'];
/** A suite with a configuration and a command of its own. */
const elsewhere = ['test/conformance/**'];

export default defineConfig({
  resolve: { alias: { odradek: new URL('src/index.ts', import.meta.url).pathname } },
  test: {
    // Only for what hangs: a machine may be slow.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    setupFiles: ['./test/seed.ts'],
    env: { KAFKAJS_NO_PARTITIONER_WARNING: '1' },
    reporters: reporters(process.env.ODRADEK_REPORT ?? 'unit'),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...built, ...elsewhere],
        },
      },
      {
        extends: true,
        test: { name: 'package', include: built, globalSetup: './test/build.ts' },
      },
    ],
  },
});
