import type { Loss } from '../broker/broker-event.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { BrokerSettings } from '../config/broker-settings.ts';
import type { Endpoint } from '../controller/metadata-records.ts';
import type { NodeId, Plane } from '../simulation/network.ts';
import { buildWorld } from './build-world.ts';
import { ClusterError } from './cluster-error.ts';
import type { ResolvedOptions } from './cluster-options.ts';
import { endProcess } from './end-process.ts';
import { Entrance } from './entrance.ts';
import { LocalClient } from './local-client.ts';
import { Pacemaker } from './pacemaker.ts';
import { type Json, Recorder, type Recording } from './recording.ts';
import { TcpServer } from './tcp-server.ts';
import { type UntilOptions, until } from './until.ts';

/** A change of one direction of one plane. */
interface LinkChange {
  readonly route: { readonly from: NodeId; readonly to: NodeId; readonly plane: Plane };
  readonly change: Readonly<Record<string, number | boolean>>;
}

/** Where a broker listens; the ports that were asked for count up with the index. */
interface Place {
  readonly index: number;
  readonly server: TcpServer;
}

/** How much longer than a broker's session a verb waits for its effect. */
const patienceMs = 30_000;

/**
 * One history of a cluster, from its seed to its end, with the ports through which the world takes
 * part in it. A reset begins the next one.
 */
export class ClusterLife {
  readonly cluster: Cluster;
  readonly client: LocalClient;
  /** How long a verb waits for its effect before it says what happened instead. */
  readonly patienceMs: number;
  readonly #options: ResolvedOptions;
  readonly #entrance: Entrance;
  readonly #pacemaker: Pacemaker;
  readonly #recorder: Recorder | undefined;
  readonly #settings: (brokerId: number) => BrokerSettings;
  readonly #servers = new Map<number, Place>();
  #nextIndex = 0;
  /** Where brokers listened that do not now: before, or before they were removed. */
  readonly #portsBefore: Map<number, number>;
  readonly #ended = new AbortController();

  /** `ports` are those of the life before; where there is none it is what the options ask for. */
  constructor(options: ResolvedOptions, seed: number, ports: ReadonlyMap<number, number>) {
    const { cluster, world, settings } = buildWorld(options, { seed, startMs: Date.now() });
    this.#options = options;
    this.#settings = settings;
    this.#portsBefore = new Map(ports);
    this.cluster = cluster;
    if (options.record) this.#recorder = newRecorder(cluster, options);
    this.#entrance = new Entrance({ world, recorder: this.#recorder });
    this.#pacemaker = new Pacemaker({
      clock: cluster.clock,
      onFailure: (error) => endProcess(error, cluster),
    });
    const sessionMs = settings(options.brokerIds[0]!).brokerSessionTimeoutMs;
    this.patienceMs = sessionMs + patienceMs;
    this.client = new LocalClient({
      entrance: this.#entrance,
      pacemaker: this.#pacemaker,
      patienceMs: this.patienceMs,
    });
    for (const id of options.brokerIds) this.#servers.set(id, this.#newServer(id));
  }

  /** Opens every port, then starts every broker. Rejects, with every port closed, if one cannot. */
  async begin(): Promise<void> {
    try {
      for (const { server } of this.#servers.values()) await server.listen();
    } catch (error) {
      await this.end();
      throw error;
    }
    this.#pacemaker.perform(() => {
      for (const [brokerId, { host, port }] of this.endpoints()) {
        this.#entrance.operate('advertise', brokerId, host, port);
      }
      this.#entrance.operate('start');
    });
    await this.#until('every broker is registered', () =>
      this.#options.brokerIds.every((id) => this.#isUnfenced(id)),
    );
  }

  /** Where clients are told to find each broker. */
  endpoints(): Map<number, Endpoint> {
    const { advertise, host } = this.#options;
    const endpoints = [...this.#servers].map(
      ([brokerId, { index, server }]): [number, Endpoint] => {
        const { port } = server;
        if (advertise === undefined) return [brokerId, { host: reachable(host), port }];
        const advertised = advertise.port === undefined ? port : advertise.port + index;
        return [brokerId, { host: advertise.host, port: advertised }];
      },
    );
    return new Map(endpoints);
  }

  /** Everything that reached the cluster so far; undefined where `record` was not asked for. */
  recording(): Recording | undefined {
    return this.#pacemaker.perform(() => this.#recorder?.recording());
  }

  /** Where each broker listens, or did. */
  ports(): Map<number, number> {
    const ports = Array.from(this.#servers, ([id, { server }]) => [id, server.port] as const);
    return new Map([...this.#portsBefore, ...ports]);
  }

  /** The broker and its connections go at once; resolves when the controller has noticed. */
  async crash(brokerId: number, loss: Loss): Promise<void> {
    const { cluster } = this;
    this.#operate('crash', brokerId, loss);
    this.#suspend(brokerId);
    await this.#until(
      `a controller notices the crash of broker ${brokerId}`,
      () => cluster.isRunning(brokerId) || !this.#isUnfenced(brokerId),
    );
  }

  /** Resolves when the controller has let the broker in again. */
  async restart(brokerId: number): Promise<void> {
    const { cluster } = this;
    await this.#listen(brokerId);
    this.#operate('restart', brokerId);
    await this.#until(
      `a controller lets broker ${brokerId} in`,
      () => !cluster.isRunning(brokerId) || this.#isUnfenced(brokerId),
    );
  }

  /** The broker hands over what it leads, then goes with its connections; resolves when it has. */
  async shutdown(brokerId: number): Promise<void> {
    const { cluster } = this;
    this.#operate('shutdown', brokerId);
    await this.#until(`broker ${brokerId} stops`, () => !cluster.isRunning(brokerId));
    this.#suspend(brokerId);
  }

  /** Nothing of the node happens any more until it is resumed. Its connections stay. */
  pause(nodeId: number): void {
    this.#operate('pause', nodeId);
  }

  resume(nodeId: number): void {
    this.#operate('resume', nodeId);
  }

  /** Resolves when the controller has let the new broker in. */
  async addBroker(brokerId: number, configs: ReadonlyMap<string, string>): Promise<void> {
    this.#operate('addBroker', brokerId, Object.fromEntries(configs));
    try {
      const place = this.#newServer(brokerId);
      await place.server.listen();
      this.#servers.set(brokerId, place);
    } catch (error) {
      this.#operate('removeBroker', brokerId);
      throw error;
    }
    const { host, port } = this.endpoints().get(brokerId)!;
    this.#operate('advertise', brokerId, host, port);
    await this.restart(brokerId);
  }

  /** Takes a broker that has stopped out of the cluster, with its port. */
  async removeBroker(brokerId: number): Promise<void> {
    const { server } = this.#servers.get(brokerId)!;
    this.#operate('removeBroker', brokerId);
    this.#servers.delete(brokerId);
    this.#portsBefore.set(brokerId, server.port);
    await server.close();
  }

  /** All in one instant. */
  setLinks(changes: readonly LinkChange[]): void {
    this.#pacemaker.perform(() => {
      for (const { route, change } of changes) {
        this.#entrance.operate('setLink', route.from, route.to, route.plane, change);
      }
    });
  }

  heal(): void {
    this.#operate('heal');
  }

  /** With the broker at its node, if there is one; resolves when another controller decides. */
  async crashController(nodeId: number): Promise<void> {
    this.#operate('crash', nodeId);
    this.#suspend(nodeId);
    await this.#electedOrTooFew();
  }

  async shutdownController(nodeId: number): Promise<void> {
    const { cluster } = this;
    this.#operate('shutdown', nodeId);
    await this.#until(
      `controller ${nodeId} stops`,
      () => !cluster.isRunning(nodeId) && cluster.activeController !== nodeId,
    );
    this.#suspend(nodeId);
    await this.#electedOrTooFew();
  }

  async restartController(nodeId: number): Promise<void> {
    await this.#listen(nodeId);
    this.#operate('restart', nodeId);
    await this.#electedOrTooFew();
  }

  /** Resolves when `predicate` holds; rejects with E_TIMEOUT, which says what happened instead. */
  async until(goal: string, predicate: () => boolean, options: UntilOptions = {}): Promise<void> {
    const { withinMs = this.patienceMs, signal } = options;
    await this.#until(goal, predicate, { withinMs, ...(signal === undefined ? {} : { signal }) });
  }

  /** A signal for what must not outlive this life; `given` ends it earlier. */
  endOr(given?: AbortSignal): AbortSignal {
    const { signal } = this.#ended;
    return given === undefined ? signal : AbortSignal.any([given, signal]);
  }

  /** Closes every port and connection; nothing happens in this cluster any more. */
  async end(): Promise<void> {
    this.#ended.abort(new ClusterError('E_CLOSED', 'the cluster was closed, or reset'));
    await Promise.all(Array.from(this.#servers.values(), ({ server }) => server.close()));
    this.#pacemaker.stop();
    this.client.end();
  }

  #operate(verb: string, ...args: Json[]): void {
    this.#pacemaker.perform(() => this.#entrance.operate(verb, ...args));
  }

  #suspend(nodeId: number): void {
    this.#servers.get(nodeId)?.server.suspend();
  }

  async #listen(nodeId: number): Promise<void> {
    const server = this.#servers.get(nodeId)?.server;
    if (server?.isListening === false) await server.listen();
  }

  async #electedOrTooFew(): Promise<void> {
    const { cluster } = this;
    const { controllerIds } = cluster;
    await this.#until('an active controller', () => {
      const running = controllerIds.filter((nodeId) => cluster.state(nodeId) === 'running');
      const tooFew = running.length * 2 <= controllerIds.length;
      return tooFew || cluster.activeController !== undefined;
    });
  }

  #isUnfenced(brokerId: number): boolean {
    return this.cluster.metadata.brokers.get(brokerId)?.fenced === false;
  }

  /** What is waited for in a life that ends counts as done. */
  async #until(
    goal: string,
    predicate: () => boolean,
    { withinMs = this.patienceMs, signal: given }: UntilOptions = {},
  ): Promise<void> {
    const { signal: ended } = this.#ended;
    const options = { withinMs, signal: this.endOr(given), goal };
    await until(this.cluster.trace, () => ended.aborted || predicate(), options).catch((error) => {
      if (!ended.aborted) throw error;
    });
  }

  #newServer(brokerId: number): Place {
    const { host, port: first } = this.#options;
    const { maxConnections, maxConnectionsPerIp } = this.#settings(brokerId);
    const index = this.#nextIndex++;
    const server = new TcpServer({
      brokerId,
      port: this.#portsBefore.get(brokerId) ?? (first === 0 ? 0 : first + index),
      host,
      entrance: this.#entrance,
      pacemaker: this.#pacemaker,
      limits: { connectionsMax: maxConnections, connectionsPerHostMax: maxConnectionsPerIp },
    });
    return { index, server };
  }
}

function newRecorder({ clock, seed }: Cluster, { given }: ResolvedOptions): Recorder {
  // As JSON has it: what is undefined is left out.
  const options = JSON.parse(JSON.stringify(given)) as Json;
  return new Recorder({ clock, seed, options });
}

/** What a client of this machine can connect to, where a broker listens at `host`. */
function reachable(host: string | undefined): string {
  const everywhere = host === undefined || host === '0.0.0.0' || host === '::';
  return everywhere ? '127.0.0.1' : host;
}
