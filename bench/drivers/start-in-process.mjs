// Starts and closes a cluster of three brokers again and again in one process, as a test suite
// does: node start-in-process.mjs COUNT; prints how many milliseconds each start took.
import { startCluster } from '../../dist/index.js';

for (let turn = 0; turn < Number(process.argv[2]); turn++) {
  const begin = performance.now();
  const cluster = await startCluster({ brokers: 3 });
  console.log(performance.now() - begin);
  await cluster.close();
}
