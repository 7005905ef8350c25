import type { Api } from '../protocol/api.ts';
import { decodeResponse, encodeRequest } from '../protocol/header.ts';
import { ClusterError } from './cluster-error.ts';
import type { Connection, Wire } from './connection.ts';
import type { Entrance } from './entrance.ts';
import type { Pacemaker } from './pacemaker.ts';

const sizeBytes = 4;
const clientId = 'odradek-fixture';

/** Where replies go that leave this process for nowhere: into one promise. */
class LocalWire implements Wire {
  readonly #received: Uint8Array[] = [];
  readonly #settle: (frame: Buffer | undefined) => void;

  constructor(settle: (frame: Buffer | undefined) => void) {
    this.#settle = settle;
  }

  send(chunks: readonly Uint8Array[]): boolean {
    this.#received.push(...chunks);
    const bytes = Buffer.concat(this.#received);
    if (bytes.length >= sizeBytes && bytes.length >= sizeBytes + bytes.readInt32BE(0)) {
      this.#settle(bytes.subarray(sizeBytes));
    }
    return true;
  }

  pause(): void {}
  resume(): void {}

  end(): void {
    this.#settle(undefined);
  }

  destroy(): void {
    this.#settle(undefined);
  }
}

/**
 * A client without a socket. Its requests come in by the same door as everybody's, so what the
 * fixture does is recorded and replayed like the rest, and checked like the rest.
 */
export class LocalClient {
  readonly #entrance: Entrance;
  readonly #pacemaker: Pacemaker;
  readonly #patienceMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #lastCorrelationId = 0;

  constructor(options: { entrance: Entrance; pacemaker: Pacemaker; patienceMs: number }) {
    this.#entrance = options.entrance;
    this.#pacemaker = options.pacemaker;
    this.#patienceMs = options.patienceMs;
  }

  /** The cluster has ended: what is not answered by now never is. */
  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /**
   * One request on a connection of its own, at the last version that is served. Rejects with
   * `ClusterError` E_NOT_RUNNING, or E_TIMEOUT where the broker is paused or cut off.
   */
  request<Q, S>(brokerId: number, api: Api<Q, S>, body: NoInfer<Q>): Promise<S> {
    const version = api.versions[1];
    const frame = encodeRequest(api, version, ++this.#lastCorrelationId, clientId, body);
    return new Promise<S>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        const text = `broker ${brokerId} has not answered ${api.name} in ${this.#patienceMs} ms`;
        reject(new ClusterError('E_TIMEOUT', text));
      }, this.#patienceMs);
      this.#timers.add(timer);
      this.#pacemaker.deliver(() => {
        const wire = new LocalWire((reply) => {
          clearTimeout(timer);
          this.#timers.delete(timer);
          this.#pacemaker.deliver(() => this.#entrance.closed(connection));
          if (reply !== undefined) resolve(decodeResponse(api, version, reply).body);
          else reject(gone(brokerId, api.name));
        });
        const connection: Connection = this.#entrance.opened({ brokerId, host: 'local' }, wire);
        this.#entrance.received(connection, frame);
      });
    });
  }
}

function gone(brokerId: number, apiName: string): ClusterError {
  const text = `broker ${brokerId} went away before it answered ${apiName}`;
  return new ClusterError('E_NOT_RUNNING', text);
}
