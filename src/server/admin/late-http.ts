import type { Server as HttpServer, RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';

/**
 * An HTTP server that loads node:http with its first connection: loading it takes longer than a
 * cluster to start, and most clusters are never asked.
 */
export class LateHttp {
  readonly #answer: RequestListener;
  readonly #sockets = new Set<Socket>();
  #server: Promise<HttpServer> | undefined;

  constructor(answer: RequestListener) {
    this.#answer = answer;
  }

  /** What accepts connections for it. */
  createListener(): Server {
    return createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      this.#server ??= this.#load();
      void this.#server.then((server) => server.emit('connection', socket));
    });
  }

  /** Ends every connection, answered or not. */
  closeConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #load(): Promise<HttpServer> {
    const http = await import('node:http');
    return http.createServer(this.#answer);
  }
}
