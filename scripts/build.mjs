// node scripts/build.mjs [library|cli]: what `tsdown` does, without its talk about Node versions.
import { build } from 'tsdown';

const names = process.argv.slice(2);
await build({ logLevel: 'warn', ...(names.length > 0 ? { filter: names } : {}) });
