// Node 20 runs no TypeScript: what a script needs of it is bundled first, and the bundle goes in the end.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsdown';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles `entry`, a path in the project, and does `use` with it as a module; resolves with the result. */
export async function withBundle(entry, use, options = {}) {
  const outDir = mkdtempSync(join(root, 'node_modules/.bundle-'));
  try {
    await build({
      config: false,
      cwd: root,
      entry: { main: entry },
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
      ...options,
    });
    process.setSourceMapsEnabled(true);
    return await use(await import(pathToFileURL(join(outDir, 'main.mjs')).href));
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}
