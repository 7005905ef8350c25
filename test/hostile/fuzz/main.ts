import { parseArgs } from 'node:util';
import { loadCorpus } from './corpus.ts';
import { FuzzFailure, framesPerCluster, fuzz } from './fuzz.ts';

/** npm run fuzz -- [--seed N] [--frames M] [--from F]; `folder` is that of the captured frames. */
export function main(args: string[], folder: string): number {
  const { values } = parseArgs({
    args,
    options: { seed: { type: 'string' }, frames: { type: 'string' }, from: { type: 'string' } },
  });
  const seed = whole('seed', values.seed, Math.floor(Math.random() * 2 ** 32));
  const frames = whole('frames', values.frames, 20_000);
  const from = whole('from', values.from, 0);
  const corpus = loadCorpus(folder);
  console.log(`seed ${seed}: ${frames} frames, mutated from ${corpus.length} captured ones`);
  const startMs = performance.now();
  let done = 0;
  let closed = 0;
  let replies = 0;
  const memoryBytes: number[] = [];
  try {
    // One cluster at a time, to have something to say in between.
    while (done < frames) {
      const count = Math.min(framesPerCluster, frames - done);
      const result = fuzz({ corpus, seed, from: from + done, frames: count });
      done += count;
      closed += result.closed;
      replies += result.replies;
      memoryBytes.push(...result.memoryBytes);
      if (done % (10 * framesPerCluster) === 0) console.log(`${done} frames`);
    }
  } catch (error) {
    if (!(error instanceof FuzzFailure)) throw error;
    console.error(error.message);
    console.error(error.cause instanceof Error ? error.cause.stack : '');
    return 1;
  }
  const seconds = (performance.now() - startMs) / 1000;
  console.log(
    `${done} frames run in ${seconds.toFixed(1)} s: ${replies} replies, ${closed} closed`,
  );
  return isFlat(memoryBytes) ? 0 : 1;
}

/** The first cluster warms up what stays for good (compiled code, pools); then nothing may grow. */
function isFlat(memoryBytes: readonly number[]): boolean {
  const [first = 0] = memoryBytes;
  const last = memoryBytes.at(-1) ?? 0;
  const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const allowed = 16 * 2 ** 20;
  console.log(
    `memory in use after the first cluster ${mebibytes(first)}, at the end ${mebibytes(last)}`,
  );
  if (last - first <= allowed) return true;
  console.error(`that is more than ${mebibytes(allowed)} of growth`);
  return false;
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text)) throw new Error(`--${name} must be a whole number`);
  return Number(text);
}
