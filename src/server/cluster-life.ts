import { Cluster } from '../cluster/cluster.ts';
import { brokerConfiguration } from '../config/broker-configuration.ts';
import { type BrokerSettings, brokerSettings } from '../config/broker-settings.ts';
import { noDynamicConfigs } from '../config/dynamic-configs.ts';
import type { Endpoint } from '../controller/metadata-records.ts';
import type { ResolvedOptions } from './cluster-options.ts';
import { clusterWorld } from './cluster-world.ts';
import { endProcess } from './end-process.ts';
import { Entrance } from './entrance.ts';
import { LocalClient } from './local-client.ts';
import { Pacemaker } from './pacemaker.ts';
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
  readonly #servers: ReadonlyMap<number, TcpServer>;
  readonly #ended = new AbortController();

  /** `ports` are those of the life before; without it they are what the options ask for. */
  constructor(options: ResolvedOptions, seed: number, ports?: ReadonlyMap<number, number>) {
    const { brokerIds, staticConfigs } = options;
    const brokers = brokerIds.map((brokerId) => ({
      brokerId,
      configs: staticConfigs.get(brokerId)!,
    }));
    this.#options = options;
    this.cluster = new Cluster({ seed, startMs: Date.now(), brokers });
    const world = clusterWorld(this.cluster, (brokerId) => this.#settings(brokerId));
    this.#entrance = new Entrance({ world });
    this.#pacemaker = new Pacemaker({
      clock: this.cluster.clock,
      onFailure: (error) => endProcess(error, this.cluster),
    });
    this.client = new LocalClient({ entrance: this.#entrance, pacemaker: this.#pacemaker });
    this.#servers = new Map(
      brokerIds.map((brokerId, index) => {
        const given = options.port === 0 ? 0 : options.port + index;
        return [brokerId, this.#server(brokerId, ports?.get(brokerId) ?? given)];
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

  /** Closes every port and connection; nothing happens in this cluster any more. */
  async end(): Promise<void> {
    this.#ended.abort();
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
    this.#pacemaker.stop();
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

  #settings(brokerId: number): BrokerSettings {
    const configs = this.#options.staticConfigs.get(brokerId)!;
    return (
      this.cluster.broker(brokerId)?.settings ??
      brokerSettings(brokerConfiguration(brokerId, configs, noDynamicConfigs))
    );
  }

  #server(brokerId: number, port: number): TcpServer {
    const { maxConnections, maxConnectionsPerIp } = this.#settings(brokerId);
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

/** What a client of this machine can connect to, where a broker listens at `host`. */
function reachable(host: string | undefined): string {
  const everywhere = host === undefined || host === '0.0.0.0' || host === '::';
  return everywhere ? '127.0.0.1' : host;
}
