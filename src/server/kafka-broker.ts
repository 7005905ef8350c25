import type { ClusterLife } from './cluster-life.ts';

/** One broker, from the outside. */
export class KafkaBroker {
  readonly id: number;
  /** Where clients are told to find it. */
  readonly host: string;
  readonly port: number;
  /** `broker.rack`, or null. */
  readonly rack: string | null;
  readonly #life: () => ClusterLife;

  /** @internal */
  constructor(
    life: () => ClusterLife,
    facts: { id: number; host: string; port: number; rack: string | null },
  ) {
    this.#life = life;
    this.id = facts.id;
    this.host = facts.host;
    this.port = facts.port;
    this.rack = facts.rack;
  }

  /** Whether its process lives. A broker that was just restarted runs, but may not lead anything. */
  get isRunning(): boolean {
    return this.#life().cluster.isRunning(this.id);
  }

  /**
   * Ends it as `kill -9` does: at once, with its connections, keeping its log. The others find out
   * as in Kafka, when its session times out (`broker.session.timeout.ms`): wait for what you expect
   * with `until`.
   */
  async crash(): Promise<void> {
    this.#life().crash(this.id);
  }

  /** Starts it again on its log and its port. Does nothing to a broker that runs. */
  async restart(): Promise<void> {
    await this.#life().restart(this.id);
  }
}
