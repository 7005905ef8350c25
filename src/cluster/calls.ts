import type { Clock } from '../simulation/clock.ts';
import type { Network, NodeId } from '../simulation/network.ts';

/** A process that can be called: it lives or it does not, and one that starts again is another. */
export interface Callee {
  readonly nodeId: NodeId;
  readonly isAlive: () => boolean;
}

interface Pending {
  readonly callee: Callee;
  readonly deadlineMs: number;
  /** undefined: it has been answered, or given up. */
  settle: ((response: unknown) => void) | undefined;
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
  /**
   * In the order of their deadlines, for all wait equally long: one timer serves them all. Those
   * that are settled stay until they outnumber the others.
   */
  #pending: Pending[] = [];
  #settled = 0;
  #isTimerSet = false;

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
    if (to === undefined || !to.isAlive()) {
      this.#clock.after(0, () => {
        if (from.isAlive()) reply(undefined);
      });
      return;
    }
    const pending: Pending = {
      callee: to,
      deadlineMs: this.#clock.now() + timeoutMs,
      settle: (response) => {
        if (from.isAlive()) reply(response as Response | undefined);
      },
    };
    this.#pending.push(pending);
    if (!this.#isTimerSet) this.#setTimer(timeoutMs);
    this.#network.send(from.nodeId, to.nodeId, label, () => {
      if (!to.isAlive()) return;
      handle((response) => {
        if (!to.isAlive()) return;
        this.#network.send(to.nodeId, from.nodeId, label, () => this.#settle(pending, response));
      });
    });
  }

  /** Breaks the connections to a process that has ended. */
  ended(callee: Callee): void {
    for (const pending of this.#pending) {
      if (pending.callee !== callee || pending.settle === undefined) continue;
      this.#clock.after(0, () => this.#settle(pending, undefined));
    }
  }

  #settle(pending: Pending, response: unknown): void {
    const { settle } = pending;
    if (settle === undefined) return;
    pending.settle = undefined;
    this.#settled++;
    if (this.#settled > 64 && this.#settled * 2 > this.#pending.length) {
      this.#pending = this.#pending.filter((other) => other.settle !== undefined);
      this.#settled = 0;
    }
    settle(response);
  }

  #setTimer(delayMs: number): void {
    this.#isTimerSet = true;
    this.#clock.after(delayMs, () => {
      this.#isTimerSet = false;
      const nowMs = this.#clock.now();
      const due: Pending[] = [];
      for (const pending of this.#pending) {
        if (pending.settle === undefined) continue;
        if (pending.deadlineMs > nowMs) {
          this.#setTimer(pending.deadlineMs - nowMs);
          break;
        }
        due.push(pending);
      }
      for (const pending of due) this.#settle(pending, undefined);
    });
  }
}
