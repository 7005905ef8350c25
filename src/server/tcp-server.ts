import type { Server, Socket } from 'node:net';
import type { Client } from '../broker/door.ts';
import { Admission, type AdmissionLimits } from './admission.ts';
import { type Arrival, attachReader, createListener } from './attach-reader.ts';
import type { Connection } from './connection.ts';
import type { Entrance } from './entrance.ts';
import { listen } from './listen.ts';
import type { Pacemaker } from './pacemaker.ts';
import { SocketWire } from './socket-wire.ts';

interface TcpServerOptions {
  readonly brokerId: number;
  readonly entrance: Entrance;
  readonly pacemaker: Pacemaker;
  /** Undefined or 'localhost': 127.0.0.1 and, where there is one, ::1. */
  readonly host?: string | undefined;
  /** 0: any free one. */
  readonly port: number;
  readonly limits: AdmissionLimits;
  /** Whether to read into one reused buffer (see `attachReader`). Default true. */
  readonly fastReads?: boolean;
}

/** The TCP side of one broker: accepts connections and turns what happens to them into inputs. */
export class TcpServer {
  readonly #options: TcpServerOptions;
  readonly #sockets = new Set<Socket>();
  readonly #admission: Admission<Arrival>;
  #servers: readonly Server[] = [];
  #port: number;
  #onEmpty: (() => void) | undefined;

  constructor(options: TcpServerOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#admission = new Admission(options.limits, (arrival) => this.#admit(arrival));
  }

  /** Where it listens; before `listen`, where it was told to. */
  get port(): number {
    return this.#port;
  }

  get isListening(): boolean {
    return this.#servers.length > 0;
  }

  /**
   * Starts to listen; after `suspend` on the same port again.
   * Rejects with `ClusterError` E_PORT_IN_USE or E_CANNOT_LISTEN.
   */
  async listen(): Promise<void> {
    const { servers, port } = await listen(this.#options.host, this.#port, createListener);
    this.#port = port;
    this.#servers = servers;
    for (const server of servers) {
      attachReader(server, {
        fast: this.#options.fastReads ?? true,
        arrive: (arrival) => this.#arrived(arrival),
      });
    }
  }

  /** What the death of a process does: the port is free and every connection gone, at once. */
  suspend(): void {
    for (const server of this.#servers) server.close();
    this.#servers = [];
    this.#admission.clear();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends every connection; resolves, when all are gone, with those that were there. */
  async close(): Promise<readonly Client[]> {
    const clients = this.#options.entrance.clients(this.#options.brokerId);
    this.suspend();
    if (this.#sockets.size > 0) await new Promise<void>((done) => (this.#onEmpty = done));
    return clients;
  }

  #arrived(arrival: Arrival): void {
    if (this.isListening) this.#admission.arrive(arrival);
    else arrival.refuse();
  }

  #admit(arrival: Arrival): void {
    const { pacemaker, entrance, brokerId } = this.#options;
    const { host } = arrival;
    let connection: Connection | undefined;
    const input = (deliver: (connection: Connection) => void) =>
      pacemaker.deliver(() => {
        if (connection !== undefined) deliver(connection);
      });
    const socket = arrival.open(
      (chunk) => input((to) => entrance.received(to, chunk)),
      () => (connection === undefined ? undefined : entrance.roomForRest(connection)),
    );
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    const wire = new SocketWire(socket, () => input((to) => entrance.drained(to)));
    pacemaker.deliver(() => {
      connection = entrance.opened({ brokerId, host }, wire);
    });
    socket.on('end', () => input((to) => entrance.ended(to)));
    socket.on('error', () => {}); // 'close' follows
    socket.once('close', () => {
      this.#sockets.delete(socket);
      input((to) => entrance.closed(to));
      this.#admission.left(host);
      if (this.#sockets.size === 0) this.#onEmpty?.();
    });
  }
}
