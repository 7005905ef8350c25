import type { Clock } from '../simulation/clock.ts';
import type { Network, NodeId } from '../simulation/network.ts';

/** A process that can be called: it lives or it does not, and one that starts again is another. */
export interface Callee {
  readonly nodeId: NodeId;
  readonly isAlive: () => boolean;
}

interface Pending {
  readonly callee: Callee;
  fail(): void;
}

/** As `request.timeout.ms` of Kafka's own clients: only a message that was lost waits so long. */
const timeoutMs = 30_000;

/**
 * Request and response between the nodes of a cluster, over the simulated network. The end of a
 * process breaks its connections: who waits for it hears so, and its own calls are forgotten.
 */
export class Calls {
  readonly #clock: Clock;
  readonly #network: Network;
  readonly #pending = new Set<Pending>();

  constructor(clock: Clock, network: Network) {
    this.#clock = clock;
    this.#network = network;
  }

  /** `reply` hears undefined when the connection broke or no answer came in time. */
  call<Response>(options: {
    readonly from: Callee;
    readonly to: Callee | undefined;
    readonly label: string;
    readonly handle: (reply: (response: Response) => void) => void;
    readonly reply: (response: Response | undefined) => void;
  }): void {
    const { from, to, label, handle, reply } = options;
    const settle = (response: Response | undefined): void => {
      if (!this.#pending.delete(pending)) return;
      timer.cancel();
      if (from.isAlive()) reply(response);
    };
    if (to === undefined || !to.isAlive()) {
      this.#clock.after(0, () => {
        if (from.isAlive()) reply(undefined);
      });
      return;
    }
    const pending: Pending = { callee: to, fail: () => settle(undefined) };
    this.#pending.add(pending);
    const timer = this.#clock.after(timeoutMs, () => settle(undefined));
    this.#network.send(from.nodeId, to.nodeId, label, () => {
      if (!to.isAlive()) return;
      handle((response) => {
        if (!to.isAlive()) return;
        this.#network.send(to.nodeId, from.nodeId, label, () => settle(response));
      });
    });
  }

  /** Breaks the connections to a process that has ended. */
  ended(callee: Callee): void {
    for (const pending of [...this.#pending]) {
      if (pending.callee === callee) this.#clock.after(0, () => pending.fail());
    }
  }
}
