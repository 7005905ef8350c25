import { MalformedFrame } from '../protocol/malformed-frame.ts';
import type { BufferPool } from './buffer-pool.ts';

const sizeFieldBytes = 4;
const smallBufferBytes = 64 << 10;
/** From here on it pays to read the rest of a frame into its place. */
const directReadBytes = 32 << 10;

/** What the frames of a connection go to. */
interface FrameSink {
  /** Whether the next frame may come now. Asked before every frame. */
  ready(): boolean;
  /** One whole frame without its size, borrowed: it is overwritten once this returns. */
  frame(frame: Buffer): void;
}

/**
 * Cuts a stream of bytes into frames, wherever its chunks end. A frame that lies whole in a chunk
 * is handed on in place; pieces and frames whose turn has not come are copied and kept. What is
 * kept grows with the bytes that came, never with the length that a frame claims to have.
 */
export class FrameAssembler {
  readonly #sink: FrameSink;
  readonly #pool: BufferPool;
  readonly #frameMaxBytes: number;
  /** Bytes not yet handed on: `#kept` from `#start` to `#end`; undefined when there are none. */
  #kept: Buffer | undefined;
  #start = 0;
  #end = 0;
  #dropped = false;

  constructor(options: { sink: FrameSink; pool: BufferPool; frameMaxBytes: number }) {
    this.#sink = options.sink;
    this.#pool = options.pool;
    this.#frameMaxBytes = options.frameMaxBytes;
  }

  get keptBytes(): number {
    return this.#end - this.#start;
  }

  /** Whether a whole frame, or one that can never be whole, waits for its turn. */
  hasFrame(): boolean {
    if (this.#kept === undefined || this.keptBytes < sizeFieldBytes) return false;
    const claimedBytes = this.#kept.readInt32BE(this.#start);
    return !this.#isPossible(claimedBytes) || this.keptBytes >= sizeFieldBytes + claimedBytes;
  }

  /**
   * Where the rest of a large frame belongs. Bytes that are written to the head of it and then
   * pushed are not copied. It holds until the next `push`.
   */
  roomForRest(): Buffer | undefined {
    if (this.keptBytes < directReadBytes || this.hasFrame()) return undefined;
    const wholeBytes = this.#firstKeptBytes();
    if (wholeBytes - this.keptBytes < directReadBytes) return undefined;
    if (this.#kept!.length - this.#end < directReadBytes) this.#move(directReadBytes, wholeBytes);
    return this.#kept!.subarray(this.#end, this.#start + wholeBytes);
  }

  /** Takes the next bytes of the stream. Throws `MalformedFrame` for an impossible length. */
  push(chunk: Buffer): void {
    let at = 0;
    if (this.#kept !== undefined) {
      at = this.#completeKept(chunk);
      if (this.#kept !== undefined) return;
    }
    while (chunk.length - at >= sizeFieldBytes && this.#sink.ready()) {
      const end = at + this.#wholeBytes(chunk.readInt32BE(at));
      if (end > chunk.length) break;
      this.#sink.frame(chunk.subarray(at + sizeFieldBytes, end));
      at = end;
    }
    if (at < chunk.length && !this.#dropped) this.#keep(chunk, at, chunk.length);
  }

  /** Hands on kept frames as long as the sink is ready for them. */
  resume(): void {
    while (this.hasFrame() && this.#sink.ready()) this.#handOn();
  }

  /** Forgets everything: the connection is over. */
  drop(): void {
    // Not given back to the pool: a frame in it may be in the sink's hands at this moment.
    this.#kept = undefined;
    this.#start = 0;
    this.#end = 0;
    this.#dropped = true;
  }

  /** Kept frames first, filled up from `chunk`; returns how much of it that took. */
  #completeKept(chunk: Buffer): number {
    let at = 0;
    for (;;) {
      this.resume();
      if (this.#kept === undefined) return at;
      if (!this.#sink.ready()) break;
      const wantedBytes = this.keptBytes < sizeFieldBytes ? sizeFieldBytes : this.#firstKeptBytes();
      const end = Math.min(chunk.length, at + wantedBytes - this.keptBytes);
      if (end === at) return at;
      this.#keep(chunk, at, end);
      at = end;
    }
    if (!this.#dropped) this.#keep(chunk, at, chunk.length);
    return chunk.length;
  }

  #handOn(): void {
    const kept = this.#kept!;
    const end = this.#start + this.#firstKeptBytes();
    const frame = kept.subarray(this.#start + sizeFieldBytes, end);
    this.#start = end;
    this.#sink.frame(frame);
    if (this.#dropped) return;
    if (this.#start < this.#end) {
      // What waits behind a large frame must not hold on to its buffer.
      if (kept.length > smallBufferBytes && this.keptBytes < kept.length / 4) this.#move(0, 0);
      return;
    }
    this.#kept = undefined;
    this.#start = 0;
    this.#end = 0;
    this.#pool.giveBack(kept);
  }

  #firstKeptBytes(): number {
    return this.#wholeBytes(this.#kept!.readInt32BE(this.#start));
  }

  #isPossible(claimedBytes: number): boolean {
    return claimedBytes >= 0 && claimedBytes <= this.#frameMaxBytes;
  }

  #wholeBytes(claimedBytes: number): number {
    if (!this.#isPossible(claimedBytes)) {
      throw new MalformedFrame(`a frame of ${claimedBytes} bytes; ${this.#frameMaxBytes} at most`);
    }
    return sizeFieldBytes + claimedBytes;
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    const count = to - from;
    if (from === 0 && this.#isInPlace(chunk)) {
      this.#end += count;
      return;
    }
    if (this.#kept === undefined) {
      this.#move(count, count >= sizeFieldBytes ? chunk.readInt32BE(from) : 0);
    } else if (this.#end + count > this.#kept.length) {
      this.#move(count, this.keptBytes >= sizeFieldBytes ? this.#firstKeptBytes() : 0);
    }
    chunk.copy(this.#kept!, this.#end, from, to);
    this.#end += count;
  }

  #isInPlace(chunk: Buffer): boolean {
    const kept = this.#kept;
    return chunk.buffer === kept?.buffer && chunk.byteOffset === kept.byteOffset + this.#end;
  }

  /** Moves what is kept to the head of a buffer with room for `moreBytes`. */
  #move(moreBytes: number, claimedBytes: number): void {
    const old = this.#kept;
    const keptBytes = this.keptBytes;
    this.#kept = this.#pool.take(keptBytes + moreBytes, claimedBytes + sizeFieldBytes);
    if (old !== undefined) {
      old.copy(this.#kept, 0, this.#start, this.#end);
      this.#pool.giveBack(old);
    }
    this.#start = 0;
    this.#end = keptBytes;
  }
}
