import { connect, type Socket } from 'node:net';
import type { Api } from '../../../src/protocol/api.ts';
import { decodeResponse, encodeRequest } from '../../../src/protocol/header.ts';
import { fill, type Loose } from './loose.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

interface Waiter {
  resolve(frame: Buffer): void;
  reject(reason: Error): void;
}

/**
 * One raw TCP connection. Replies are taken strictly in arrival order and their correlation ids
 * checked against the order of the requests: every test also tests that replies keep their order.
 */
export class Connection {
  /** Resolves when the broker (or this side) has closed the connection. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #frames: Buffer[] = [];
  readonly #waiters: Waiter[] = [];
  #received = Buffer.alloc(0);
  #nextCorrelationId = 1;
  #open = true;

  static async open(address: Address): Promise<Connection> {
    const socket = connect(address.port, address.host);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Connection(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    // a reset is one of the ways in which a broker closes; 'close' follows it
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#open = false;
        for (const waiter of this.#waiters.splice(0)) waiter.reject(new Error('connection closed'));
        resolve();
      });
    });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * Sends one request; fields left out get their default. The promise is of its reply, and rejects
   * with 'connection closed'. Not to await it before the next request is pipelining.
   */
  request<Q, S>(api: Api<Q, S>, version: number, body: Loose<NoInfer<Q>>): Promise<S> {
    const correlationId = this.post(api, version, body);
    return this.nextFrame().then((frame) => {
      const reply = decodeResponse(api, version, frame);
      if (reply.correlationId !== correlationId) {
        throw new Error(
          `reply ${reply.correlationId} came where ${correlationId} (${api.name}) was due`,
        );
      }
      return reply.body;
    });
  }

  /** Sends one request and expects no reply (Produce with acks=0). Returns its correlation id. */
  post<Q, S>(api: Api<Q, S>, version: number, body: Loose<NoInfer<Q>>): number {
    const correlationId = this.#nextCorrelationId++;
    const filled = fill(api.requestType, body);
    this.write(encodeRequest(api, version, correlationId, 'conformance', filled));
    return correlationId;
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next reply in arrival order, without its four bytes of size. */
  nextFrame(): Promise<Buffer> {
    const frame = this.#frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    if (!this.#open) return Promise.reject(new Error('connection closed'));
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Waits until the broker closes; throws if it replies first. */
  async expectClosedWithoutReply(): Promise<void> {
    await this.closed;
    if (this.#frames.length > 0) throw new Error('the broker replied before it closed');
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= 4) {
      const end = 4 + this.#received.readInt32BE(0);
      if (this.#received.length < end) return;
      const frame = this.#received.subarray(4, end);
      this.#received = this.#received.subarray(end);
      const waiter = this.#waiters.shift();
      if (waiter === undefined) this.#frames.push(frame);
      else waiter.resolve(frame);
    }
  }
}
