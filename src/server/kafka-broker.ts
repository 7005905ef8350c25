import { type Loss, losses } from '../broker/broker-event.ts';
import type { RequestCount } from '../broker/request-census.ts';
import type { NodeState } from '../cluster/broker-seat.ts';
import { checkNames, show } from './check-names.ts';
import { ClusterError } from './cluster-error.ts';
import type { ClusterLife } from './cluster-life.ts';

/** How `crash` is meant. */
export interface CrashOptions {
  /**
   * What goes with the process: `nothing` (the default), for its log is in the machine's page
   * cache; what is `unflushed`, as when the power fails (`flush.messages`); `all`, the disk, too.
   */
  readonly lose?: Loss;
}

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

  /** Whether its process lives. One that was just restarted does, but it leads nothing yet. */
  get isRunning(): boolean {
    return this.state !== 'stopped';
  }

  /** Its process runs, is paused, or has ended. */
  get state(): NodeState {
    const { cluster } = this.#life();
    return cluster.brokerIds.includes(this.id) ? cluster.state(this.id) : 'stopped';
  }

  /**
   * How many requests of each API and version it has served to clients, by key and version, since
   * the cluster's start or reset and through its own crashes. What the fixture asks for itself
   * (`records()`, `produce()`, …) counts; what brokers ask each other does not.
   */
  get requests(): readonly RequestCount[] {
    return this.#here().cluster.requests(this.id);
  }

  /**
   * Ends it as `kill -9` does, before this returns: with its connections, keeping its log unless
   * `lose` says otherwise. Resolves when the controller has noticed and named other leaders, which
   * takes `broker.session.timeout.ms` of the cluster's time.
   */
  async crash(options: CrashOptions = {}): Promise<void> {
    checkNames('crash', options, ['lose']);
    const { lose = 'nothing' } = options;
    if (!losses.includes(lose)) {
      const text = `lose must be ${losses.join(' or ')}, not ${show(lose)}`;
      throw new ClusterError('E_BAD_OPTION', text);
    }
    await this.#here().crash(this.id, lose);
  }

  /**
   * Ends it as SIGTERM does: it hands over what it leads (controlled shutdown), then goes. Resolves
   * when it has gone. Does nothing to a broker that does not run.
   */
  async shutdown(): Promise<void> {
    await this.#here().shutdown(this.id);
  }

  /**
   * Stops it in the midst of things, as SIGSTOP or a long garbage collection does: it answers
   * nothing and its connections stay, until it is resumed.
   */
  pause(): void {
    this.#here().pause(this.id);
  }

  /** Lets a paused broker go on: what has come for it meanwhile comes all at once. */
  resume(): void {
    this.#here().resume(this.id);
  }

  /**
   * Starts it again on its log and its port. Resolves when the controller has let it in; it may
   * take longer to catch up and be in sync. Does nothing to a broker that runs.
   */
  async restart(): Promise<void> {
    await this.#here().restart(this.id);
  }

  #here(): ClusterLife {
    const life = this.#life();
    if (life.cluster.brokerIds.includes(this.id)) return life;
    throw new ClusterError('E_UNKNOWN_BROKER', `broker ${this.id} has been removed`);
  }
}
