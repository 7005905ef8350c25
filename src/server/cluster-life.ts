import type { Cluster } from '../cluster/cluster.ts';
import type { BrokerSettings } from '../config/broker-settings.ts';
import type { Endpoint } from '../controller/metadata-records.ts';
import { buildWorld } from './build-world.ts';
import type { ResolvedOptions } from './cluster-options.ts';
import { endProcess } from './end-process.ts';
import { Entrance } from './entrance.ts';
import { LocalClient } from './local-client.ts';
import { Pacemaker } from './pacemaker.ts';
import { type Json, Recorder, type Recording } from './recording.ts';
import { TcpServer } from './tcp-server.ts';
import { until } from './until.ts';

/**
 * One history of a cluster, from its seed to its end, with the ports through which the world takes
 * part in it. A reset begins the next one.
 */
export class ClusterLife {
  readonly cluster: Cluster;
  readonly client: LocalClient;
  readonly #options: ResolvedOptions;
  readonly #entrance: Entrance;
  readonly #pacemaker: Pacemaker;
  readonly #recorder: Recorder | undefined;
  readonly #servers: ReadonlyMap<number, TcpServer>;
  readonly #ended = new AbortController();

  /** `ports` are those of the life before; without it they are what the options ask for. */
  constructor(options: ResolvedOptions, seed: number, ports?: ReadonlyMap<number, number>) {
    const { cluster, world, settings } = buildWorld(options, { seed, startMs: Date.now() });
    this.#options = options;
    this.cluster = cluster;
    if (options.record) this.#recorder = newRecorder(cluster, options);
    this.#entrance = new Entrance({ world, recorder: this.#recorder });
    this.#pacemaker = new Pacemaker({
      clock: cluster.clock,
      onFailure: (error) => endProcess(error, cluster),
    });
    this.client = new LocalClient({ entrance: this.#entrance, pacemaker: this.#pacemaker });
    this.#servers = new Map(
      options.brokerIds.map((brokerId, index) => {
        const given = options.port === 0 ? 0 : options.port + index;
        const port = ports?.get(brokerId) ?? given;
        return [brokerId, this.#server(brokerId, port, settings(brokerId))];
      }),
    );
  }

  /** Opens every port, then starts every broker. Rejects, with every port closed, if one cannot. */
  async begin(): Promise<void> {
    try {
      for (const server of this.#servers.values()) await server.listen();
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
    await this.#until(() => this.#options.brokerIds.every((id) => this.#isUnfenced(id)));
  }

  /** Where clients are told to find each broker. */
  endpoints(): Map<number, Endpoint> {
    const { advertise, host, brokerIds } = this.#options;
    const endpoints = brokerIds.map((brokerId, index): [number, Endpoint] => {
      const { port } = this.#servers.get(brokerId)!;
      if (advertise === undefined) return [brokerId, { host: reachable(host), port }];
      const advertised = advertise.port === undefined ? port : advertise.port + index;
      return [brokerId, { host: advertise.host, port: advertised }];
    });
    return new Map(endpoints);
  }

  /** Everything that reached the cluster so far; undefined where `record` was not asked for. */
  recording(): Recording | undefined {
    return this.#pacemaker.perform(() => this.#recorder?.recording());
  }

  /** Where each broker listens. */
  ports(): Map<number, number> {
    return new Map([...this.#servers].map(([brokerId, { port }]) => [brokerId, port]));
  }

  /** The broker and its connections go at once; resolves when the controller has noticed. */
  async crash(brokerId: number): Promise<void> {
    const { cluster } = this;
    this.#pacemaker.perform(() => this.#entrance.operate('crash', brokerId));
    this.#servers.get(brokerId)!.suspend();
    await this.#until(() => cluster.isRunning(brokerId) || !this.#isUnfenced(brokerId));
  }

  /** Resolves when the controller has let the broker in again. */
  async restart(brokerId: number): Promise<void> {
    const { cluster } = this;
    const server = this.#servers.get(brokerId)!;
    if (!server.isListening) await server.listen();
    this.#pacemaker.perform(() => this.#entrance.operate('restart', brokerId));
    await this.#until(() => !cluster.isRunning(brokerId) || this.#isUnfenced(brokerId));
  }

  /** The broker hands over what it leads, then goes with its connections; resolves when it has. */
  async shutdown(brokerId: number): Promise<void> {
    const { cluster } = this;
    this.#pacemaker.perform(() => this.#entrance.operate('shutdown', brokerId));
    await this.#until(() => !cluster.isRunning(brokerId));
    this.#servers.get(brokerId)!.suspend();
  }

  /** Nothing of the broker happens any more until it is resumed. Its connections stay. */
  pause(brokerId: number): void {
    this.#pacemaker.perform(() => this.#entrance.operate('pause', brokerId));
  }

  resume(brokerId: number): void {
    this.#pacemaker.perform(() => this.#entrance.operate('resume', brokerId));
  }

  /** With the broker at its node, if there is one; resolves when another controller decides. */
  async crashController(nodeId: number): Promise<void> {
    this.#pacemaker.perform(() => this.#entrance.operate('crash', nodeId));
    this.#servers.get(nodeId)?.suspend();
    await this.#electedOrTooFew();
  }

  async shutdownController(nodeId: number): Promise<void> {
    const { cluster } = this;
    this.#pacemaker.perform(() => this.#entrance.operate('shutdown', nodeId));
    await this.#until(() => !cluster.isRunning(nodeId) && cluster.activeController !== nodeId);
    this.#servers.get(nodeId)?.suspend();
    await this.#electedOrTooFew();
  }

  async restartController(nodeId: number): Promise<void> {
    const server = this.#servers.get(nodeId);
    if (server?.isListening === false) await server.listen();
    this.#pacemaker.perform(() => this.#entrance.operate('restart', nodeId));
    await this.#electedOrTooFew();
  }

  /** Closes every port and connection; nothing happens in this cluster any more. */
  async end(): Promise<void> {
    this.#ended.abort();
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
    this.#pacemaker.stop();
  }

  async #electedOrTooFew(): Promise<void> {
    const { cluster } = this;
    const { controllerIds } = cluster;
    await this.#until(() => {
      const running = controllerIds.filter((nodeId) => cluster.isRunning(nodeId));
      const tooFew = running.length * 2 <= controllerIds.length;
      return tooFew || cluster.activeController !== undefined;
    });
  }

  #isUnfenced(brokerId: number): boolean {
    return this.cluster.metadata.brokers.get(brokerId)?.fenced === false;
  }

  /** However long it takes; what is waited for in a life that ends counts as done. */
  async #until(predicate: () => boolean): Promise<void> {
    const { signal } = this.#ended;
    const options = { withinMs: Number.POSITIVE_INFINITY, signal };
    await until(this.cluster.trace, () => signal.aborted || predicate(), options).catch((error) => {
      if (!signal.aborted) throw error;
    });
  }

  #server(brokerId: number, port: number, settings: BrokerSettings): TcpServer {
    const { maxConnections, maxConnectionsPerIp } = settings;
    return new TcpServer({
      brokerId,
      port,
      host: this.#options.host,
      entrance: this.#entrance,
      pacemaker: this.#pacemaker,
      limits: { connectionsMax: maxConnections, connectionsPerHostMax: maxConnectionsPerIp },
    });
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
