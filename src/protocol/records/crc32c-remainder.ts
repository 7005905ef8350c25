/**
 * How far behind a byte those stand that it can be XORed into, to be left out itself: the message
 * that remains has the same CRC. x^(8·563) + x^(8·109) + x^(8·58) + x^(8·53) + x^(8·31) + 1 is a
 * multiple of Castagnoli's polynomial. Of the shortest with six terms, this has its distances
 * farthest from 0: what is read was written a while ago.
 */
const distances = [454, 505, 510, 532, 563] as const;
const reach = 563;
/** Bytes of a vector. */
const step = 16;
const remainderMaxBytes = reach + step;
const pieceBytes = 64 << 10;

// The memory: what was left out last, then the next piece of the message.
const pieceAt = reach;
const remainderAt = 2 * reach;
const pages = 2;

interface Folder {
  readonly memory: Uint8Array;
  readonly fold: (at: number, behind: number, end: number) => void;
}

let folder: Folder | undefined;

/**
 * Bytes with the CRC, from 0 on, that bytes[start, end) have from `crc` on: fewer than 600, however
 * many there were; at least as many are asked for. Valid until the next call.
 */
export function crc32cRemainder(
  bytes: Uint8Array,
  start: number,
  end: number,
  crc: number,
): Uint8Array {
  folder ??= instantiate();
  const { memory, fold } = folder;
  const foldable = end - start - reach;
  const foldedBytes = foldable - (foldable % step);
  memory.fill(0, 0, reach);
  for (let done = 0; done < foldedBytes; done += pieceBytes) {
    const from = start + done;
    const count = Math.min(pieceBytes, foldedBytes - done);
    memory.set(bytes.subarray(from, from + count), pieceAt);
    if (done === 0) for (let i = 0; i < 4; i++) memory[pieceAt + i]! ^= crc >>> (8 * i);
    fold(pieceAt, 0, pieceAt + count);
    memory.copyWithin(0, count, count + reach);
  }
  memory.fill(0, pieceAt, remainderAt);
  memory.set(bytes.subarray(start + foldedBytes, end), remainderAt);
  fold(remainderAt, 0, remainderAt + remainderMaxBytes);
  return memory.subarray(remainderAt, remainderAt + end - start - foldedBytes);
}

/** What is used of it here; Node's types leave it out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

const leb128 = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb128(value >>> 7)];
const vector = (bytes: readonly (readonly number[])[]) => [
  ...leb128(bytes.length),
  ...bytes.flat(),
];
const section = (id: number, ...items: number[][]) => {
  const body = vector(items);
  return [id, ...leb128(body.length), ...body];
};
const name = (text: string) => vector([...text].map((letter) => [letter.charCodeAt(0)]));

/**
 * WebAssembly, for it has the vectors that JavaScript lacks. One function, three parameters:
 *
 *     do {
 *       for (const distance of distances) memory[at] ^= memory[behind + reach - distance]
 *       at += step, behind += step
 *     } while (at < end)
 */
function instantiate(): Folder {
  const [i32, at, behind, end] = [0x7f, 0, 1, 2] as const;
  const get = (local: number) => [0x20, local];
  const addStep = (local: number) => [...get(local), 0x41, step, 0x6a];
  const load = (offset: number) => [0xfd, 0x00, 0, ...leb128(offset)];
  const xor = [0xfd, 0x51];
  const store = [0xfd, 0x0b, 0, 0];
  const set = (local: number) => [0x21, local];
  const tee = (local: number) => [0x22, local];
  const code = [
    ...[0, 0x03, 0x40], // no more locals; loop
    ...[...get(at), ...get(at), ...load(0)],
    ...distances.flatMap((distance) => [...get(behind), ...load(reach - distance), ...xor]),
    ...store,
    ...[...addStep(behind), ...set(behind)],
    ...[...addStep(at), ...tee(at), ...get(end), 0x49, 0x0d, 0], // again while it is less
    ...[0x0b, 0x0b],
  ];
  const source = [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [0x60, ...vector([[i32], [i32], [i32]]), 0]),
    ...section(3, [0]),
    ...section(5, [0, pages]),
    ...section(7, [...name('memory'), 2, 0], [...name('fold'), 0, 0]),
    ...section(10, [...leb128(code.length), ...code]),
  ];
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(source)));
  const { memory, fold } = exports as { memory: { buffer: ArrayBuffer }; fold: Folder['fold'] };
  return { memory: new Uint8Array(memory.buffer), fold };
}
