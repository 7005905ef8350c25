import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsdown';
import type * as lab from '../../src/lab/simulate.ts';
import type { Mutation } from './mutations.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Does `use` with the simulation of a cluster in which one rule is broken. */
export async function withMutation<Result>(
  { name, file, find, replace }: Mutation,
  use: (mutated: typeof lab) => Result,
): Promise<Result> {
  const outDir = mkdtempSync(join(root, 'node_modules/.mutation-'));
  let found = 0;
  try {
    await build({
      config: false,
      cwd: root,
      entry: { main: 'src/lab/simulate.ts' },
      outDir,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      dts: false,
      clean: false,
      logLevel: 'error',
      checks: { pluginTimings: false },
      outExtensions: () => ({ js: '.mjs' }),
      plugins: [
        {
          name: 'mutation',
          transform: {
            order: 'pre',
            handler(code: string, id: string) {
              if (id !== join(root, file)) return null;
              found = code.split(find).length - 1;
              return { code: code.replace(find, () => replace), map: null };
            },
          },
        },
      ],
    });
    if (found !== 1) throw new Error(`'${name}': ${file} has its place ${found} times, not once`);
    const bundle = await import(pathToFileURL(join(outDir, 'main.mjs')).href);
    return use(bundle);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}
