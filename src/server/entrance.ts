import type { Client } from '../broker/door.ts';
import { BufferPool } from './buffer-pool.ts';
import { Connection, type Wire } from './connection.ts';
import { LinkedWire } from './linked-wire.ts';
import type { Input, Json, Recorder } from './recording.ts';
import type { World } from './world.ts';

/**
 * The one way into a cluster. Sockets and replays alike call it, one input at a time; with a
 * recorder every input is kept. In a live cluster each call is made inside `pacemaker.deliver`.
 */
export class Entrance {
  readonly #world: World;
  readonly #recorder: Recorder | undefined;
  readonly #pool = new BufferPool();
  readonly #connections = new Map<number, Set<Connection>>();
  #lastConnectionId = 0;

  constructor(options: { world: World; recorder?: Recorder | undefined }) {
    this.#world = options.world;
    this.#recorder = options.recorder;
    this.#world.onBrokerState((brokerId, state) => {
      for (const connection of this.#of(brokerId)) {
        if (state === 'stopped') connection.hangUp();
        else connection.hold(state === 'paused');
      }
    });
  }

  /** An operator's verb. Throws what the cluster throws. */
  operate(verb: string, ...args: Json[]): void {
    this.#begin({ type: 'operate', verb, args });
    this.#world.operate(verb, args);
  }

  opened(arrival: { brokerId: number; host: string }, wire: Wire): Connection {
    const { brokerId, host } = arrival;
    const connectionId = ++this.#lastConnectionId;
    this.#begin({ type: 'opened', connectionId, brokerId, host });
    const siblings = this.#of(brokerId);
    const connection = new Connection({
      client: { connectionId, host },
      brokerId,
      door: this.#world.door(brokerId),
      wire: new LinkedWire(this.#recorded(wire, connectionId), this.#world.network, brokerId),
      clock: this.#world.clock,
      limits: this.#world.limits(brokerId),
      pool: this.#pool,
      onClosed: (closed) => siblings.delete(closed),
    });
    siblings.add(connection);
    if (this.#world.state(brokerId) === 'paused') connection.hold(true);
    return connection;
  }

  received(connection: Connection, chunk: Buffer): void {
    if (!connection.isOpen) return;
    const { connectionId } = connection.client;
    this.#begin({ type: 'received', connectionId, bytes: chunk });
    if (this.#isNear(connection)) connection.received(chunk);
    else {
      const kept = Buffer.from(chunk); // the bytes of an input are borrowed
      this.#send(connection, 'bytes', () => connection.received(kept));
    }
  }

  /** Where to read the next bytes to (see `Connection.roomForRest`). */
  roomForRest(connection: Connection): Buffer | undefined {
    return this.#isNear(connection) ? connection.roomForRest() : undefined;
  }

  ended(connection: Connection): void {
    if (!this.#beginChange('ended', connection)) return;
    if (this.#isNear(connection)) connection.ended();
    else this.#send(connection, 'end', () => connection.ended());
  }

  drained(connection: Connection): void {
    if (this.#beginChange('drained', connection)) connection.drained();
  }

  closed(connection: Connection): void {
    if (this.#beginChange('closed', connection)) connection.closed();
  }

  /** Who is connected to a broker, in the order in which they came. */
  clients(brokerId: number): Client[] {
    return Array.from(this.#of(brokerId), (connection) => connection.client);
  }

  #recorded(wire: Wire, connectionId: number): Wire {
    if (this.#recorder === undefined) return wire;
    return new RecordedWire(wire, connectionId, this.#recorder);
  }

  /** Whether what the client sends is there in the instant in which it was sent. */
  #isNear({ brokerId }: Connection): boolean {
    return this.#world.network.isHealthy({ from: 'clients', to: brokerId, plane: 'client' });
  }

  #send({ brokerId }: Connection, label: string, deliver: () => void): void {
    this.#world.network.send({ from: 'clients', to: brokerId, plane: 'client', label }, deliver);
  }

  /** False when the connection is over already, and nothing of it matters any more. */
  #beginChange(type: 'ended' | 'drained' | 'closed', connection: Connection): boolean {
    if (!connection.isOpen) return false;
    this.#begin({ type, connectionId: connection.client.connectionId });
    return true;
  }

  /** What the input before has made due comes first, as it will in a replay. */
  #begin(input: Input): void {
    this.#world.clock.settle();
    this.#recorder?.record(input);
  }

  #of(brokerId: number): Set<Connection> {
    const existing = this.#connections.get(brokerId);
    if (existing !== undefined) return existing;
    const created = new Set<Connection>();
    this.#connections.set(brokerId, created);
    return created;
  }
}

/** Notes which piece of replies was not wholly on its way at once: no cluster could know that. */
class RecordedWire implements Wire {
  readonly #wire: Wire;
  readonly #connectionId: number;
  readonly #recorder: Recorder;
  #sends = 0;

  constructor(wire: Wire, connectionId: number, recorder: Recorder) {
    this.#wire = wire;
    this.#connectionId = connectionId;
    this.#recorder = recorder;
  }

  send(chunks: readonly Uint8Array[]): boolean {
    const taken = this.#wire.send(chunks);
    const send = ++this.#sends;
    if (!taken) this.#recorder.record({ type: 'blocked', connectionId: this.#connectionId, send });
    return taken;
  }

  pause(): void {
    this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }

  end(): void {
    this.#wire.end();
  }

  destroy(): void {
    this.#wire.destroy();
  }
}
