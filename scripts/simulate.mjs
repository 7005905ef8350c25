// npm run simulate -- [--seed N] [--seeds K] [--events M] [--replay TEXT] | --exhaustive …: see docs/SIMULATION.md.
import { withBundle } from './bundle.mjs';

process.exitCode = await withBundle('src/cli/simulate/main.ts', ({ main }) =>
  main(process.argv.slice(2), Date.now() % 1_000_000_000),
);
