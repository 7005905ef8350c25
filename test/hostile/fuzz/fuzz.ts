import { encodeRequest } from '../../../src/protocol/header.ts';
import { apis } from '../../../src/protocol/messages/index.ts';
import { Random } from '../../../src/simulation/random.ts';
import { framed } from '../../server/framed.ts';
import type { CorpusFrame } from './corpus.ts';
import { FuzzTarget } from './fuzz-target.ts';
import { memoryAfterGc } from './memory.ts';
import { type Known, mutateBody } from './mutate-body.ts';
import { mendChecksums, mutateBytes } from './mutate-bytes.ts';

/** After so many frames a new cluster takes over, so that any failure is near its beginning. */
export const framesPerCluster = 1000;
const framesPerCheck = 100;
const linesMax = 20;

interface FuzzOptions {
  readonly corpus: readonly CorpusFrame[];
  readonly seed: number;
  /** How many frames. */
  readonly frames: number;
  /** The number of the first, a multiple of `framesPerCluster`. Default 0. */
  readonly from?: number;
}

interface FuzzResult {
  readonly frames: number;
  readonly replies: number;
  readonly closed: number;
  /** What is in use after a full collection, with no cluster left, after each of them in turn. */
  readonly memoryBytes: readonly number[];
}

/** A frame that the cluster did not bear. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure';
}

/** Sends mutated frames to clusters in this process; throws `FuzzFailure` at the first harm. */
export function fuzz({ corpus, seed, frames, from = 0 }: FuzzOptions): FuzzResult {
  const memoryBytes: number[] = [];
  let replies = 0;
  let closed = 0;
  for (let first = from; first < from + frames; first += framesPerCluster) {
    const count = Math.min(framesPerCluster, from + frames - first);
    const result = fuzzCluster({ corpus, seed, from: first, frames: count });
    replies += result.replies;
    closed += result.closed;
    memoryBytes.push(memoryAfterGc());
  }
  return { frames, replies, closed, memoryBytes };
}

/** UnregisterBroker with the id of a broker does what it says: the others rightly miss that one. */
function unregisters(frame: Buffer): boolean {
  return frame.length >= 6 && frame.readInt16BE(4) === apis.UnregisterBroker.key;
}

function fuzzCluster({ corpus, seed, from = 0, frames }: FuzzOptions) {
  const random = new Random(seed).fork(`cluster from frame ${from}`);
  const target = new FuzzTarget(random.uint32(), ['orders', 'payments']);
  const lines: ReturnType<FuzzTarget['open']>[] = [];
  const tally = { replies: 0, closed: 0 };
  let index = from;
  let frame: Buffer | undefined;
  try {
    for (; index < from + frames; index++) {
      frame = makeFrame(corpus, random, target.known);
      if (unregisters(frame)) continue;
      const line = lines[random.below(linesMax)] ?? target.open(1 + random.below(3));
      if (!lines.includes(line)) lines.push(line);
      const before = line.replies;
      sendInPieces(target, line, frame, random);
      tally.replies += line.replies - before;
      if (line.isOver) tally.closed++;
      else if (lines.length === linesMax && random.below(4) === 0) target.leave(line);
      if (!line.connection!.isOpen) lines.splice(lines.indexOf(line), 1);
      if (random.below(10) === 0) target.pass(random.below(1000));
      if (index % framesPerCheck === framesPerCheck - 1) target.checkOthers();
    }
    target.checkOthers();
  } catch (cause) {
    throw new FuzzFailure(explain(seed, from, index, frame, cause), { cause });
  }
  return tally;
}

function explain(
  seed: number,
  from: number,
  index: number,
  frame: Buffer | undefined,
  cause: unknown,
): string {
  const replay = `npm run fuzz -- --seed ${seed} --from ${from} --frames ${index - from + 1}`;
  const hex = frame === undefined ? '' : `\nits bytes: ${frame.toString('hex').slice(0, 2000)}`;
  return `at frame ${index}: ${String(cause)}\nreplay: ${replay}${hex}`;
}

function makeFrame(corpus: readonly CorpusFrame[], random: Random, known: Known): Buffer {
  const { bytes, request } = corpus[random.below(corpus.length)]!;
  const kind = random.below(20);
  let frame: Buffer;
  if (kind === 0) frame = Buffer.from(random.bytes(random.below(300)));
  else if (kind < 6 || request === undefined) frame = mutateBytes(bytes, random);
  else {
    const { api, version } = request;
    const body = mutateBody(request.body, random, known);
    frame = encodeRequest(api, version, random.uint32() | 0, 'fuzz', body).subarray(4);
    if (random.below(3) === 0) frame = mutateBytes(frame, random);
  }
  if (random.below(2) === 0) mendChecksums(frame);
  const whole = framed(frame);
  // Now and then the size lies, and the rest of the stream is out of step.
  if (random.below(40) === 0) whole.writeInt32BE((random.uint32() | 0) >> random.below(32), 0);
  return whole;
}

function sendInPieces(
  target: FuzzTarget,
  line: ReturnType<FuzzTarget['open']>,
  frame: Buffer,
  random: Random,
): void {
  const cut = random.below(3) === 0 ? random.below(frame.length + 1) : frame.length;
  target.send(line, Buffer.from(frame.subarray(0, cut)));
  if (cut < frame.length) target.send(line, Buffer.from(frame.subarray(cut)));
}
