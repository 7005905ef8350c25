import { once } from 'node:events';
import net from 'node:net';
import { framed } from './framed.ts';

/** A client that knows frames and nothing more. */
export class RawClient {
  readonly socket: net.Socket;
  #received = Buffer.alloc(0);
  #isOver = false;
  #wake: (() => void) | undefined;

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#isOver = true;
      this.#wake?.();
    });
  }

  /** Rejects when nobody listens there. */
  static async connect(port: number, host = '127.0.0.1'): Promise<RawClient> {
    const socket = net.connect({ port, host, noDelay: true });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(...requests: (string | Buffer)[]): void {
    const bytes = requests.map((r) => (typeof r === 'string' ? framed(r) : r));
    this.socket.write(Buffer.concat(bytes));
  }

  /** The next frame's text; undefined when the connection ends instead. */
  async next(): Promise<string | undefined> {
    return (await this.nextFrame())?.toString('latin1');
  }

  async nextFrame(): Promise<Buffer | undefined> {
    for (;;) {
      const whole = this.#received.length >= 4 ? 4 + this.#received.readInt32BE(0) : Infinity;
      if (this.#received.length >= whole) {
        const frame = this.#received.subarray(4, whole);
        this.#received = this.#received.subarray(whole);
        return frame;
      }
      if (this.#isOver) return undefined;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  async ask(request: string | Buffer): Promise<string | undefined> {
    this.send(request);
    return this.next();
  }

  close(): void {
    this.socket.destroy();
  }
}
