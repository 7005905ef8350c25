import { Server, Socket } from 'node:net';

/** A connection that a listener has accepted and nobody reads yet. */
export interface Arrival {
  readonly host: string;
  /**
   * Starts to read: `read` gets each chunk, borrowed. Before each read `room` may name a place
   * for it; a plain socket does not ask.
   */
  open(read: (chunk: Buffer) => void, room: () => Buffer | undefined): Socket;
  refuse(): void;
}

/** What this needs of Node's TCP handle: no public interface, hence the feature test. */
interface Handle {
  getpeername(address: { address?: string }): number;
  close(): void;
}

interface ServerHandle {
  onconnection: (status: number, client: Handle | undefined) => void;
}

/** One for the whole process: what is read is handed on before the next read can happen. */
const readBuffer = Buffer.allocUnsafeSlow(64 << 10);
const socketOptions = { allowHalfOpen: true } as const;

/**
 * Calls `arrive` for every connection of a listening server. With `fast`, and where Node's inside
 * is as expected, sockets read into one reused buffer, which Node offers to clients but not to
 * servers: up to 1.5 times as fast for large frames. Otherwise they read as sockets do.
 */
export function attachReader(
  server: Server,
  options: { fast: boolean; arrive: (arrival: Arrival) => void },
): 'fast' | 'plain' {
  const handle = options.fast ? serverHandle(server) : undefined;
  if (handle === undefined) {
    server.on('connection', (socket) => options.arrive(plainArrival(socket)));
    return 'plain';
  }
  handle.onconnection = (status, client) => {
    if (status === 0 && client !== undefined) options.arrive(fastArrival(client));
  };
  return 'fast';
}

/** A server whose connections stay unread until their arrival is opened. */
export function createListener(): Server {
  return new Server({ ...socketOptions, pauseOnConnect: true });
}

function serverHandle(server: Server): ServerHandle | undefined {
  const handle: unknown = Reflect.get(server, '_handle');
  if (typeof handle !== 'object' || handle === null) return undefined;
  const known = 'onconnection' in handle && typeof handle.onconnection === 'function';
  return known ? (handle as ServerHandle) : undefined;
}

function fastArrival(handle: Handle): Arrival {
  return {
    get host() {
      const peer: { address?: string } = {};
      handle.getpeername(peer);
      return peer.address ?? '';
    },
    open(read, room) {
      let current: Buffer | undefined;
      const onread = {
        buffer: () => {
          const next = room() ?? readBuffer;
          if (next === current) return null; // as before
          current = next;
          return next;
        },
        callback: (sizeBytes: number) => {
          read(current!.subarray(0, sizeBytes));
          return true;
        },
      };
      const options = { ...socketOptions, handle, onread };
      return new Socket(options);
    },
    refuse: () => handle.close(),
  };
}

function plainArrival(socket: Socket): Arrival {
  return {
    host: socket.remoteAddress ?? '',
    open(read) {
      socket.on('data', read);
      socket.resume();
      return socket;
    },
    refuse: () => socket.destroy(),
  };
}
