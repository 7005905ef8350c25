import { defineConfig, type UserConfig } from 'tsdown';
import { writeNotices } from './scripts/third-party-notices.ts';

/** The libraries whose code goes into dist; anything else that would is a failing build. */
const inlined = ['commander', 'fzstd', 'picocolors', 're2js', 'snappyjs'];

/**
 * Larger than a tenth of Odradek, and loaded when the first consumer subscribes by expression: a
 * file of its own beside the others, so that no start has to read it.
 */
const re2: NonNullable<UserConfig['plugins']> = {
  name: 're2-apart',
  resolveId: (id: string) => (id === 're2js' ? { id: './re2.cjs', external: 'absolute' } : null),
};

const common: UserConfig = {
  platform: 'node',
  target: 'node20.19',
  fixedExtension: false,
  logLevel: 'warn',
  clean: false,
  checks: { legacyCjs: false, pluginTimings: false },
  deps: { onlyBundle: inlined },
};

/**
 * Reading and compiling is most of what an import costs. Names of functions and classes stay, for
 * whoever reads a stack.
 */
const smaller: NonNullable<UserConfig['minify']> = {
  compress: { keepNames: { function: true, class: true } },
  mangle: { toplevel: true, keepNames: true },
};

export default defineConfig([
  {
    ...common,
    name: 'library',
    entry: { index: 'src/index.ts' },
    format: ['esm', 'cjs'],
    plugins: [re2],
    minify: smaller,
    dts: { compilerOptions: { stripInternal: true } },
    hooks: { 'build:done': () => writeNotices(inlined) },
  },
  {
    ...common,
    name: 're2',
    entry: { re2: 're2js' },
    format: 'cjs',
    dts: false,
    minify: true,
  },
  {
    ...common,
    name: 'cli',
    entry: { cli: 'src/cli/main.ts' },
    format: 'cjs',
    plugins: [re2],
    dts: false,
    minify: true,
    // What a start does not need is a file of its own: node reads and compiles all that it loads.
    outputOptions: {
      chunkFileNames: ({ name }) =>
        name === 'run-experiment' ? 'cli-experiment.cjs' : 'cli-core.cjs',
    },
  },
]);
