// npm run fuzz -- [--seed N] [--frames M] [--from F]: mutated frames against clusters in this process.
import { join } from 'node:path';
import { root, withBundle } from './bundle.mjs';

process.exitCode = await withBundle('test/hostile/fuzz/main.ts', ({ main }) =>
  main(process.argv.slice(2), join(root, 'test/fixtures/frames')),
);
