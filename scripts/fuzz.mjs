// npm run fuzz -- [--seed N] [--frames M] [--from F]: mutated frames against clusters in this process.
// Node 20 runs no TypeScript, so the fuzzer is bundled first.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsdown';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = mkdtempSync(join(root, 'node_modules/.fuzz-'));
try {
  await build({
    config: false,
    cwd: root,
    entry: { main: 'test/hostile/fuzz/main.ts' },
    outDir,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    dts: false,
    sourcemap: true,
    clean: false,
    logLevel: 'error',
    checks: { pluginTimings: false },
    outExtensions: () => ({ js: '.mjs' }),
  });
  process.setSourceMapsEnabled(true);
  const { main } = await import(pathToFileURL(join(outDir, 'main.mjs')).href);
  process.exitCode = main(process.argv.slice(2), join(root, 'test/fixtures/frames'));
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
