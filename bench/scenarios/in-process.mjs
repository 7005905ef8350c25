// The start of three brokers inside a process that has started some before, and a bare process.
import { fileURLToPath } from 'node:url';
import { build } from '../build.mjs';
import { run } from '../processes.mjs';
import { median } from '../stats.mjs';

const starter = fileURLToPath(new URL('../drivers/start-in-process.mjs', import.meta.url));
const warmup = 10;
const count = 40;

async function warmStart(program, args) {
  const text = await run(program, args);
  return { ms: median(text.trim().split('\n').slice(warmup).map(Number)) };
}
const inNode = (target) => warmStart(process.execPath, [starter, target, warmup + count]);

async function bareProcess() {
  const begin = performance.now();
  await run(process.execPath, ['-e', '0']);
  return { ms: performance.now() - begin };
}

export const inProcess = {
  targets: ['null', 'odradek', 'kfake'],
  alone: {
    async null(take) {
      await take('warm start', () => inNode('null'));
      await take('node -e 0', bareProcess);
    },
    odradek: (take) => take('warm start', () => inNode('odradek')),
    kfake: (take) =>
      take('warm start', () => warmStart(build('kfake'), ['-restart', warmup + count, 3])),
  },
};
