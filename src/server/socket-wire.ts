import type { Socket } from 'node:net';
import type { Wire } from './connection.ts';

/** Chunks up to this size are gathered into one; larger ones go out by reference. */
const gatheredMaxBytes = 2048;
/** How long an ended connection may take to read its last replies. */
const lingerMs = 5000;
const nothing = Buffer.alloc(0);

/** A wire over a TCP socket. */
export class SocketWire implements Wire {
  readonly #socket: Socket;
  readonly #onDrained: () => void;

  constructor(socket: Socket, onDrained: () => void) {
    this.#socket = socket;
    this.#onDrained = onDrained;
  }

  send(chunks: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    if (!socket.writable) return true;
    const gathered = gather(chunks);
    if (gathered.length === 1) {
      socket.write(gathered[0]!);
    } else {
      socket.cork();
      for (const chunk of gathered) socket.write(chunk);
      socket.uncork();
    }
    // Node hands to the kernel at once what the kernel takes; anything left waits in the socket.
    if (socket.writableLength === 0) return true;
    socket.write(nothing, (error) => {
      if (!error) this.#onDrained();
    });
    return false;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    const socket = this.#socket;
    socket.destroySoon();
    if (socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** One system call for many small replies is most of what makes a pipelined client fast. */
function gather(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
  if (chunks.length === 1) return chunks;
  const gathered: Uint8Array[] = [];
  for (let index = 0; index < chunks.length; ) {
    let end = index;
    let bytes = 0;
    while (end < chunks.length && chunks[end]!.length <= gatheredMaxBytes) {
      bytes += chunks[end++]!.length;
    }
    if (end - index > 1) {
      gathered.push(join(chunks, { from: index, to: end, bytes }));
      index = end;
    } else {
      gathered.push(chunks[index++]!);
    }
  }
  return gathered;
}

function join(
  chunks: readonly Uint8Array[],
  { from, to, bytes }: { from: number; to: number; bytes: number },
): Buffer {
  const joined = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (let index = from; index < to; index++) {
    joined.set(chunks[index]!, at);
    at += chunks[index]!.length;
  }
  return joined;
}
