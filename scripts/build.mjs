// `node scripts/build.mjs [library|cli]`: what `tsdown` does, without its talk about Node versions.
import { build } from 'tsdown';

await build({ filter: process.argv.slice(2), logLevel: 'warn' });
