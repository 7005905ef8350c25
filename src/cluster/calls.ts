import type { Clock } from '../simulation/clock.ts';
import type { Network, Plane } from '../simulation/network.ts';
import type { Process } from '../simulation/process.ts';

interface Pending {
  readonly callee: Process;
  readonly deadlineMs: number;
  /** undefined: it has been answered, or given up. */
  settle: ((response: unknown) => void) | undefined;
}

/** As `request.timeout.ms` of Kafka's own clients. */
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
    readonly from: Process;
    readonly to: Process | undefined;
    readonly plane: Plane;
    readonly label: string;
    readonly handle: (reply: (response: Response) => void) => void;
    readonly reply: (response: Response | undefined) => void;
  }): void {
    const { from, to, plane, label, handle, reply } = options;
    if (to === undefined || !to.isAlive) {
      from.after(0, () => reply(undefined));
      return;
    }
    const pending: Pending = {
      callee: to,
      deadlineMs: this.#clock.now() + timeoutMs,
      settle: (response) => from.deliver(() => reply(response as Response | undefined)),
    };
    this.#pending.push(pending);
    if (!this.#isTimerSet) this.#setTimer(timeoutMs);
    const back = { from: to.nodeId, to: from.nodeId, plane, label };
    const respond = (response: Response) => {
      if (to.isAlive) this.#network.send(back, () => this.#settle(pending, response));
    };
    // Who has given up has closed the connection: what was still under way is gone with it.
    const arrive = () => {
      if (pending.settle !== undefined) handle(respond);
    };
    const there = { from: from.nodeId, to: to.nodeId, plane, label };
    this.#network.send(there, () => to.deliver(arrive), from);
  }

  /** Breaks the connections to a process that has ended. */
  ended(callee: Process): void {
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
