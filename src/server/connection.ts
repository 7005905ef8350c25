import { assert } from '../assert.ts';
import type { Client, Door, Outcome } from '../broker/door.ts';
import { MalformedFrame } from '../protocol/malformed-frame.ts';
import type { Clock, Timer } from '../simulation/clock.ts';
import type { BufferPool } from './buffer-pool.ts';
import { FrameAssembler } from './frame-assembler.ts';

/** The outgoing half of a connection: a socket, or what stands for one in a replay. */
export interface Wire {
  /** Sends chunks in one piece. False when not all is on its way yet; then `drained` follows. */
  send(chunks: readonly Uint8Array[]): boolean;
  pause(): void;
  resume(): void;
  /** Closes once what was sent is on its way. */
  end(): void;
  /** Closes at once, as the death of the process would. */
  destroy(): void;
}

export interface ConnectionLimits {
  /** `socket.request.max.bytes` */
  readonly frameMaxBytes: number;
  /** `connections.max.idle.ms`; negative: never. */
  readonly idleMaxMs: number;
}

interface ConnectionOptions {
  readonly client: Client;
  readonly brokerId: number;
  readonly door: Door;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly limits: ConnectionLimits;
  readonly pool: BufferPool;
  /** Called once, when the connection is over for us. */
  readonly onClosed: (connection: Connection) => void;
}

/** More unread bytes than this behind a request in progress, and the wire is no longer read. */
const unreadMaxBytes = 64 << 10;
/** More bytes of replies than this in one piece, and the next request waits until they are sent. */
const repliesMaxBytes = 1 << 20;

/**
 * One client of one broker, without a socket: bytes in, frames to the door one at a time, replies
 * out in the order of the requests. Everything it does follows from its inputs and the clock.
 */
export class Connection {
  readonly client: Client;
  readonly brokerId: number;
  readonly #options: ConnectionOptions;
  readonly #assembler: FrameAssembler;
  #replies: Uint8Array[] = [];
  #repliesBytes = 0;
  #open = true;
  /** A request is in the door's hands and not answered. */
  #pending = false;
  /** Frames are being handed on further up the stack. */
  #handling = false;
  /** The reply is to the bytes that came just now; those who wait since before get theirs first. */
  #letOthersGoFirst = false;
  /** The last reply is not wholly on its way. */
  #blocked = false;
  #paused = false;
  /** The broker is paused: frames wait. */
  #held = false;
  #peerEnded = false;
  #lastActiveMs: number;
  #idleTimer: Timer | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.client = options.client;
    this.brokerId = options.brokerId;
    this.#assembler = new FrameAssembler({
      sink: this,
      pool: options.pool,
      frameMaxBytes: options.limits.frameMaxBytes,
    });
    this.#lastActiveMs = options.clock.now();
    if (options.limits.idleMaxMs >= 0) this.#watchIdle();
  }

  /** Input: bytes from the client, borrowed. */
  received(chunk: Buffer): void {
    if (!this.#open) return;
    this.#lastActiveMs = this.#options.clock.now();
    this.#handle(chunk);
  }

  /** Where to read the next bytes to, if that matters (see `FrameAssembler.roomForRest`). */
  roomForRest(): Buffer | undefined {
    return this.#open ? this.#assembler.roomForRest() : undefined;
  }

  /** Input: the client sends no more. As from Kafka, it still gets its replies, then the end. */
  ended(): void {
    this.#peerEnded = true;
    this.#afterHandling();
  }

  /** Input: all that was sent is on its way. */
  drained(): void {
    if (!this.#open) return;
    this.#lastActiveMs = this.#options.clock.now();
    this.#blocked = false;
    this.#handle();
  }

  /** Input: the connection is gone. */
  closed(): void {
    if (this.#open) this.#close();
  }

  /** The broker is gone, and its connections with it; its door hears nothing of them any more. */
  hangUp(): void {
    if (!this.#open) return;
    this.#release();
    this.#options.wire.destroy();
  }

  /** The broker is paused, or goes on: a paused one takes no requests, and its kernel few bytes. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    this.#afterHandling();
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** For the assembler: whether the door may get the next frame. */
  ready(): boolean {
    const isFree = !this.#pending && !this.#blocked && !this.#held;
    return isFree && this.#open && this.#repliesBytes < repliesMaxBytes;
  }

  /** For the assembler: the next frame. */
  frame(frame: Buffer): void {
    let answered = false;
    this.#pending = true;
    this.#options.door.receive(frame, this.client, (outcome) => {
      assert(!answered, 'a request is answered twice');
      answered = true;
      this.#answered(outcome);
    });
  }

  #answered(outcome: Outcome): void {
    if (!this.#open) return;
    this.#pending = false;
    if (outcome === 'close') {
      this.#end();
      return;
    }
    if (outcome !== 'no-reply') this.#reply(outcome);
    // A reply may come in the middle of another connection's event: the next request has its own.
    if (!this.#handling && (this.#assembler.keptBytes > 0 || this.#peerEnded)) this.#continueSoon();
  }

  #reply(chunks: readonly Uint8Array[]): void {
    if (this.#replies.length === 0) {
      this.#letOthersGoFirst = this.#handling;
      this.#options.clock.atInstantEnd(this.#flush);
    }
    for (const chunk of chunks) {
      this.#replies.push(chunk);
      this.#repliesBytes += chunk.length;
    }
  }

  readonly #flush = (): void => {
    if (this.#letOthersGoFirst) {
      this.#letOthersGoFirst = false;
      this.#options.clock.atInstantEnd(this.#flush);
      return;
    }
    this.#send();
    this.#afterHandling();
  };

  #send(): void {
    if (this.#replies.length === 0) return;
    const replies = this.#replies;
    this.#replies = [];
    this.#repliesBytes = 0;
    this.#lastActiveMs = this.#options.clock.now();
    this.#blocked = !this.#options.wire.send(replies);
  }

  #continueSoon(): void {
    this.#options.clock.after(0, () => {
      if (this.#open) this.#handle();
    });
  }

  /** Hands on what is kept, and then what comes new. */
  #handle(chunk?: Buffer): void {
    this.#handling = true;
    try {
      if (chunk === undefined) this.#assembler.resume();
      else this.#assembler.push(chunk);
    } catch (error) {
      if (!(error instanceof MalformedFrame)) throw error;
      if (this.#open) this.#end();
    }
    this.#handling = false;
    this.#afterHandling();
  }

  /** Reads on, or stops reading, or ends, as the state now demands. */
  #afterHandling(): void {
    if (!this.#open) return;
    const { wire } = this.#options;
    const ready = this.ready();
    const more = this.#assembler.hasFrame();
    if (ready && more) this.#continueSoon();
    if (this.#peerEnded && ready && !more && this.#replies.length === 0) {
      this.#end();
      return;
    }
    const pause = !ready && this.#assembler.keptBytes >= unreadMaxBytes;
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) wire.pause();
    else wire.resume();
  }

  #watchIdle(): void {
    const { clock, limits } = this.#options;
    const leftMs = this.#lastActiveMs + limits.idleMaxMs - clock.now();
    // As in Kafka, from the last byte in or out: who waits for a parked reply is idle, too.
    if (leftMs < 0) this.#end();
    else this.#idleTimer = clock.after(leftMs + 1, () => this.#watchIdle());
  }

  /** Ours to close: replies that are ready still leave. */
  #end(): void {
    this.#send();
    this.#close();
    this.#options.wire.end();
  }

  #close(): void {
    const { clock, door } = this.#options;
    this.#release();
    // Not now: this may be the middle of an event in that very door.
    clock.after(0, () => door.disconnected(this.client));
  }

  #release(): void {
    this.#open = false;
    this.#pending = false;
    this.#replies = [];
    this.#repliesBytes = 0;
    this.#assembler.drop();
    this.#idleTimer?.cancel();
    this.#options.onClosed(this);
  }
}
