import { readFileSync } from 'node:fs';

const load = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'));

interface Hex {
  readonly name: string;
  readonly hex: string;
}

const client = load('client-batches.json') as { batches: (Hex & { count: number })[] };
const frames = load('codec-frames.json') as { frames: (Hex & { codec: string })[] };

/** Batches as Apache Kafka 4.3.1 stored them for real clients. */
export const clientBatches = client.batches.map(({ name, hex, count }) => ({
  name,
  count,
  bytes: Buffer.from(hex, 'hex'),
}));

/** `codecText` as other libraries packed it. */
export const codecFrames = frames.frames.map(({ name, hex, codec }) => ({
  name,
  codec,
  bytes: Buffer.from(hex, 'hex'),
}));

export const codecText = Buffer.from(
  Array.from(
    { length: 3500 },
    (_, index) => `line ${index % 7} of a text that repeats itself ${Math.floor(index / 1000)}\n`,
  ).join(''),
);
