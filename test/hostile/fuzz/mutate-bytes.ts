import { crc32c } from '../../../src/protocol/records/crc32c.ts';
import type { Random } from '../../../src/simulation/random.ts';

const bytes = [0, 1, 0x7f, 0x80, 0xfe, 0xff];
const integers = [0, -1, -2, 1, 0x7fff_ffff, -0x8000_0000, 0x7fff, 1_000_000, 100 << 20];

type Mutation = (frame: Buffer, random: Random) => Buffer;

const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)]!;

const mutations: readonly Mutation[] = [
  function flipBit(frame, random) {
    const at = random.below(frame.length);
    frame[at]! ^= 1 << random.below(8);
    return frame;
  },
  function setByte(frame, random) {
    frame[random.below(frame.length)] = pick(random, bytes);
    return frame;
  },
  function setInteger(frame, random) {
    if (frame.length >= 4)
      frame.writeInt32BE(pick(random, integers), random.below(frame.length - 3));
    return frame;
  },
  function cutOff(frame, random) {
    return frame.subarray(0, random.below(frame.length));
  },
  function cutOut(frame, random) {
    const at = random.below(frame.length);
    const end = at + random.below(Math.min(16, frame.length - at) + 1);
    return Buffer.concat([frame.subarray(0, at), frame.subarray(end)]);
  },
  function insert(frame, random) {
    const at = random.below(frame.length + 1);
    const noise = random.bytes(random.below(16));
    return Buffer.concat([frame.subarray(0, at), noise, frame.subarray(at)]);
  },
  function repeat(frame, random) {
    const at = random.below(frame.length);
    const part = frame.subarray(at, at + random.below(64));
    const times = Array.from({ length: 1 + random.below(20) }, () => part);
    return Buffer.concat([frame.subarray(0, at), ...times, frame.subarray(at)]);
  },
  function changeVersion(frame, random) {
    if (frame.length >= 4) frame.writeInt16BE(random.below(20) - 1, 2);
    return frame;
  },
  function changeApi(frame, random) {
    if (frame.length >= 2) frame.writeInt16BE(random.below(95) - 1, 0);
    return frame;
  },
];

/** A frame (without its size) with one to four random changes. */
export function mutateBytes(original: Uint8Array, random: Random): Buffer {
  let frame: Buffer = Buffer.from(original);
  for (let count = 1 + random.below(4); count > 0 && frame.length > 0; count--) {
    frame = pick(random, mutations)(frame, random);
  }
  return frame;
}

/**
 * Gives whatever looks like a record batch a checksum that fits, so that changes to it are met by
 * the code behind the check of the checksum.
 */
export function mendChecksums(frame: Buffer): void {
  for (let at = 0; at + 61 <= frame.length; at++) {
    const length = frame.readInt32BE(at + 8);
    if (frame[at + 16] !== 2 || length < 49 || at + 12 + length > frame.length) continue;
    frame.writeUInt32BE(crc32c(frame, at + 21, at + 12 + length), at + 17);
    at += 11 + length;
  }
}
