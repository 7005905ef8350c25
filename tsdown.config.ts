import { defineConfig, type UserConfig } from 'tsdown';
import { writeNotices } from './scripts/third-party-notices.ts';

/** The libraries whose code goes into dist; anything else that would is a failing build. */
const inlined = ['commander', 'fzstd', 'picocolors', 're2js', 'snappyjs'];

const common: UserConfig = {
  platform: 'node',
  target: 'node20.19',
  fixedExtension: false,
  logLevel: 'warn',
  clean: false,
  checks: { legacyCjs: false, pluginTimings: false },
  deps: { onlyBundle: inlined },
};

export default defineConfig([
  {
    ...common,
    name: 'library',
    entry: { index: 'src/index.ts' },
    format: ['esm', 'cjs'],
    dts: { compilerOptions: { stripInternal: true } },
    hooks: { 'build:done': () => writeNotices(inlined) },
  },
  {
    ...common,
    name: 'cli',
    entry: { cli: 'src/cli/main.ts' },
    format: 'cjs',
    dts: false,
    minify: true,
    outputOptions: { codeSplitting: false },
  },
]);
