import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { replayEvents } from '../../lab/replay-text.ts';
import { report, simplify, simulate } from '../../lab/simulate.ts';
import type { Clients } from '../../lab/workload.ts';
import { exhaustive } from './exhaustive.ts';

interface Share {
  readonly first: number;
  readonly step: number;
  readonly seeds: number;
  readonly events: number;
  readonly clients: Clients;
}

const help = `npm run simulate -- [options]
  --seed N      the first seed (a fresh one)
  --seeds K     how many, one after the other (1)
  --events M    events of each, before everything heals (2000)
  --replay TEXT the choices of a former run of this seed
  --groups      members of groups instead of producers and consumers
  --transactions  consume, transform, produce in transactions instead
  --raw         print a failure as it is, without making it simpler
  --exhaustive  instead everything that can happen in a small model: --exhaustive --help`;

/** Runs what the command line asks for; resolves with the exit status. */
export async function main(args: readonly string[], freshSeed: number): Promise<number> {
  if (args.includes('--exhaustive')) return exhaustive(args);
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string', default: '1' },
      events: { type: 'string', default: '2000' },
      replay: { type: 'string' },
      raw: { type: 'boolean', default: false },
      groups: { type: 'boolean', default: false },
      transactions: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const seed = Number(values.seed ?? freshSeed);
  const [seeds, events] = [Number(values.seeds), Number(values.events)];
  const replay = values.replay === undefined ? undefined : replayEvents(values.replay);
  const isGood = [seed, seeds, events].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!isGood || (values.replay !== undefined && replay === undefined)) {
    console.error(help);
    return 2;
  }
  const { raw } = values;
  const clients = clientsOf(values);
  if (replay !== undefined || seeds === 1) return one({ seed, events, replay, raw, clients });
  return many({ seed, seeds, events, raw, clients });
}

const clientsOf = ({
  groups,
  transactions,
}: Record<'groups' | 'transactions', boolean>): Clients =>
  transactions ? 'transactions' : groups ? 'groups' : 'replication';

function one(options: {
  seed: number;
  events: number;
  replay: number[][] | undefined;
  raw: boolean;
  clients: Clients;
}): number {
  const failure = simulate(options);
  if (failure === undefined) {
    console.log(`seed ${options.seed}: every invariant held`);
    return 0;
  }
  const isAsItIs = options.raw || options.replay !== undefined;
  console.log(report(isAsItIs ? failure : simplify(failure)));
  return 1;
}

async function many(options: {
  seed: number;
  seeds: number;
  events: number;
  raw: boolean;
  clients: Clients;
}): Promise<number> {
  const { seed, seeds, events, clients } = options;
  const threads = Math.min(seeds, availableParallelism());
  const started = performance.now();
  const failed: number[] = [];
  let done = 0;
  await Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const range = { first: seed + thread, step: threads, seeds: seed + seeds };
      const share: Share = { ...range, events, clients };
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: share });
      worker.on('message', (message: { seed: number; failed: boolean }) => {
        done++;
        if (message.failed) {
          failed.push(message.seed);
          console.log(`seed ${message.seed} fails`);
        }
        if (done % 1000 === 0) console.log(`${done} of ${seeds} seeds, ${failed.length} failed`);
      });
      return new Promise<void>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      });
    }),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  failed.sort((a, b) => a - b);
  console.log(`${done} seeds × ${events} events in ${seconds} s, ${failed.length} failed`);
  if (done !== seeds) return 1;
  if (failed.length === 0) return 0;
  console.log(`failed: ${failed.slice(0, 20).join(', ')}\n`);
  return one({ seed: failed[0]!, events, replay: undefined, raw: options.raw, clients });
}

if (!isMainThread && parentPort !== null) {
  const { first, step, seeds, events, clients } = workerData as Share;
  for (let seed = first; seed < seeds; seed += step) {
    parentPort.postMessage({ seed, failed: simulate({ seed, events, clients }) !== undefined });
  }
}
