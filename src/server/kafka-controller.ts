import type { ClusterLife } from './cluster-life.ts';

/** One controller of the metadata quorum, from the outside. */
export class KafkaController {
  readonly id: number;
  readonly #life: () => ClusterLife;

  /** @internal */
  constructor(life: () => ClusterLife, id: number) {
    this.#life = life;
    this.id = id;
  }

  /** Whether its process lives. */
  get isRunning(): boolean {
    return this.#life().cluster.isRunning(this.id);
  }

  /** Whether it is the one that decides at present. */
  get isActive(): boolean {
    return this.#life().cluster.activeController === this.id;
  }

  /**
   * Ends it as `kill -9` does, before this returns; with it the broker, if it is one, too. Its vote
   * and its log stay. Resolves when there is an active controller again, or too few are left to
   * elect one; brokers go on serving meanwhile.
   */
  async crash(): Promise<void> {
    await this.#life().crashController(this.id);
  }

  /** Ends it in good order: it hands its leadership over first. Resolves as `crash` does. */
  async shutdown(): Promise<void> {
    await this.#life().shutdownController(this.id);
  }

  /** Starts it again on its log. Resolves when there is an active controller. */
  async restart(): Promise<void> {
    await this.#life().restartController(this.id);
  }

  /** Stops it in the midst of things; with it the broker, if it is one, too. */
  pause(): void {
    this.#life().pause(this.id);
  }

  /** Lets it go on. It finds out by itself that the others have elected another one. */
  resume(): void {
    this.#life().resume(this.id);
  }
}
