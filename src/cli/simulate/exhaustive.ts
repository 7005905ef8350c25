import { parseArgs } from 'node:util';
import { truncations } from '../../config/knobs.ts';
import { explore } from '../../lab/exhaustive/explore.ts';
import type { ModelSize } from '../../lab/exhaustive/small-model.ts';
import { tellMoves } from '../../lab/exhaustive/tell-moves.ts';

const help = `npm run simulate -- --exhaustive [options]: all that can happen in a small model
  --brokers N       2 by default; the one partition has a replica on each
  --records N       that are written, at most (2)
  --crashes N       processes that end without a word (1)
  --power-cuts N    brokers that lose their power and all they have not flushed (0)
  --elections N     times that the preferred leader, broker 2, is asked for (1)
  --truncation T    hw, kip101, kip279 or kip320 (kip320): how a follower cuts its log
  --no-elr          without eligible leader replicas
  --no-fencing      without leader epochs in what followers ask`;

const options = {
  exhaustive: { type: 'boolean' },
  brokers: { type: 'string', default: '2' },
  records: { type: 'string', default: '2' },
  crashes: { type: 'string', default: '1' },
  'power-cuts': { type: 'string', default: '0' },
  elections: { type: 'string', default: '1' },
  truncation: { type: 'string', default: 'kip320' },
  'no-elr': { type: 'boolean', default: false },
  'no-fencing': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Tries everything in a small model; the exit status is 1 if something breaks. */
export function exhaustive(args: readonly string[]): number {
  const size = sizeOf(args);
  if (size === undefined) {
    console.log(help);
    return args.includes('--help') ? 0 : 2;
  }
  const started = performance.now();
  const { states, moves, depth, broken } = explore(size);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const extent = `${states} states, ${moves} moves from one to another, ${seconds} s`;
  if (broken === undefined) {
    console.log(
      `every invariant holds in every state: ${extent}, the farthest ${depth} moves away`,
    );
    return 0;
  }
  console.log(`${tellMoves(size, broken).join('\n')}\n`);
  console.log(`the shortest way to break an invariant has ${broken.length} moves; ${extent}`);
  return 1;
}

/** undefined: they make no sense, or help was asked for. */
function sizeOf(args: readonly string[]): ModelSize | undefined {
  const { values } = parseArgs({ args: [...args], options });
  const truncation = truncations.find((known) => known === values.truncation);
  const numbers = {
    brokers: Number(values.brokers),
    records: Number(values.records),
    crashes: Number(values.crashes),
    powerCuts: Number(values['power-cuts']),
    elections: Number(values.elections),
  };
  const isGood = Object.values(numbers).every((n) => Number.isSafeInteger(n) && n >= 0);
  if (values.help || truncation === undefined || !isGood || numbers.brokers < 2) return undefined;
  const knobs = { truncation, elr: !values['no-elr'], fencing: !values['no-fencing'] };
  return { ...numbers, knobs };
}
