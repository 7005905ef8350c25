import type { PartitionLog } from '../log/partition-log.ts';
import { recordsOf } from '../protocol/records/batch-records.ts';
import {
  baseOffsetOf,
  lastOffsetOf,
  leaderEpochOf,
  sizeOf,
} from '../protocol/records/record-batch.ts';

/** What tells one batch from another: two at an offset are the same only if all of it is. */
export interface BatchIdentity {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly leaderEpoch: number;
  readonly crc: number;
}

const readSizeBytes = 1 << 20;
const crcAt = 17;

/** Where the batches of a log that end at or after `from` and begin before `to` stand, in order. */
export function* placesOf(log: PartitionLog, from: number, to: number) {
  let offset = Math.max(from, log.logStartOffset);
  while (offset < to) {
    const options = { maxSizeBytes: readSizeBytes, untilOffset: to, atLeastOneBatch: true };
    const { chunks } = log.read(offset, options);
    if (chunks.length === 0) return;
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += sizeOf(chunk, at)) {
        if (lastOffsetOf(chunk, at) < offset) continue;
        yield { chunk, at };
        offset = lastOffsetOf(chunk, at) + 1;
      }
    }
  }
}

/** The batches of a log that end at or after `from` and begin before `to`, in order. */
export function* batchesOf(log: PartitionLog, from: number, to: number): Iterable<BatchIdentity> {
  for (const { chunk, at } of placesOf(log, from, to)) yield identityOf(chunk, at);
}

/** The values of a log's records, as texts. */
export function valuesOf(log: PartitionLog): string[] {
  const values: string[] = [];
  for (const { chunk, at } of placesOf(log, log.logStartOffset, log.logEndOffset)) {
    for (const { value } of recordsOf(chunk, at) ?? []) values.push(textOf(value));
  }
  return values;
}

const utf8 = new TextDecoder();

export const textOf = (bytes: Uint8Array | null): string =>
  bytes === null ? '' : utf8.decode(bytes);

export function identityOf(chunk: Uint8Array, at: number): BatchIdentity {
  return {
    baseOffset: baseOffsetOf(chunk, at),
    lastOffset: lastOffsetOf(chunk, at),
    leaderEpoch: leaderEpochOf(chunk, at),
    crc: crcOf(chunk, at),
  };
}

export function crcOf(bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + crcAt, 4);
  return view.getUint32(0);
}

export const sameBatch = (one: BatchIdentity, other: BatchIdentity): boolean =>
  one.baseOffset === other.baseOffset &&
  one.lastOffset === other.lastOffset &&
  one.leaderEpoch === other.leaderEpoch &&
  one.crc === other.crc;

export const describeBatch = ({ baseOffset, lastOffset, leaderEpoch, crc }: BatchIdentity) =>
  `${baseOffset}..${lastOffset} of epoch ${leaderEpoch} (crc ${crc.toString(16)})`;
