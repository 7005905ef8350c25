import type { AddressInfo, Server } from 'node:net';
import { ClusterError } from './cluster-error.ts';

/** The whole machine itself, over both versions of IP: where clients may mean either. */
const loopback = ['127.0.0.1', '::1'] as const;
/** A free port of one version of IP may be taken in the other; another is tried this many times. */
const attempts = 20;

interface Listeners<S extends Server> {
  readonly servers: readonly S[];
  readonly port: number;
}

/**
 * Listens on `host`, both loopback addresses for undefined or 'localhost', and `port`, any free one
 * for 0. Rejects with `ClusterError` E_PORT_IN_USE or E_CANNOT_LISTEN.
 */
export async function listen<S extends Server>(
  host: string | undefined,
  port: number,
  create: () => S,
): Promise<Listeners<S>> {
  if (host !== undefined && host !== 'localhost') {
    const server = await listenAt(create(), host, port);
    return { servers: [server], port: portOf(server) };
  }
  for (let attempt = 1; ; attempt++) {
    const first = await listenAt(create(), loopback[0], port);
    try {
      const second = await listenAt(create(), loopback[1], portOf(first));
      return { servers: [first, second], port: portOf(first) };
    } catch (error) {
      const code = error instanceof ClusterError ? error.code : undefined;
      const noIpv6 = code === 'E_CANNOT_LISTEN';
      if (noIpv6) return { servers: [first], port: portOf(first) };
      first.close();
      if (code !== 'E_PORT_IN_USE' || port !== 0 || attempt === attempts) throw error;
    }
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function listenAt<S extends Server>(server: S, host: string, port: number): Promise<S> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => reject(explain(error, host, port));
    server.once('error', refused);
    server.listen({ host, port }, () => {
      server.off('error', refused);
      // An accept that fails (no file descriptors left) must not end the process.
      server.on('error', () => {});
      resolve(server);
    });
  });
}

function explain(cause: NodeJS.ErrnoException, host: string, port: number): ClusterError {
  const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  if (cause.code === 'EADDRINUSE') {
    const remedy = 'choose another port, or 0 for any free one';
    return new ClusterError('E_PORT_IN_USE', `${at} is in use; ${remedy}`, { cause });
  }
  return new ClusterError('E_CANNOT_LISTEN', `cannot listen on ${at}: ${cause.code}`, { cause });
}
