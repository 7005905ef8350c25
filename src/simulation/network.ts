import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

export type NodeId = number;

/** How one direction between two nodes behaves. */
interface Link {
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly cut: boolean;
}

export type NetworkEvent =
  | {
      readonly type: 'message-dropped';
      readonly from: NodeId;
      readonly to: NodeId;
      readonly label: string;
    }
  | {
      readonly type: 'link-changed';
      readonly from: NodeId;
      readonly to: NodeId;
      readonly link: Link;
    };

interface NetworkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: (event: NetworkEvent) => void;
}

const healthy: Link = { latencyMs: 0, jitterMs: 0, cut: false };

/**
 * The network between the nodes of a cluster. A message is a thunk with a label; the network knows
 * nothing of what it carries. Messages of one direction arrive in the order they were sent, as over
 * one TCP connection. By default a message is due in the very instant in which it was sent.
 */
export class Network {
  readonly #options: NetworkOptions;
  readonly #links = new Map<string, Link>();
  readonly #lastArrivalMs = new Map<string, number>();

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  send(from: NodeId, to: NodeId, label: string, deliver: () => void): void {
    const { clock, random, emit } = this.#options;
    if (this.#links.size === 0) {
      clock.after(0, deliver);
      return;
    }
    const direction = `${from}-${to}`;
    const link = this.#links.get(direction) ?? healthy;
    if (link.cut) {
      emit({ type: 'message-dropped', from, to, label });
      return;
    }
    const jitterMs = link.jitterMs === 0 ? 0 : random.below(link.jitterMs + 1);
    const arrivalMs = Math.max(
      clock.now() + link.latencyMs + jitterMs,
      this.#lastArrivalMs.get(direction) ?? 0,
    );
    this.#lastArrivalMs.set(direction, arrivalMs);
    clock.after(arrivalMs - clock.now(), () => {
      // A cut loses what is under way, too.
      if (this.#links.get(direction)?.cut) emit({ type: 'message-dropped', from, to, label });
      else deliver();
    });
  }

  /** Changes how messages travel `from` one node `to` another; the other direction stays. */
  setLink(from: NodeId, to: NodeId, change: Partial<Link>): void {
    const direction = `${from}-${to}`;
    const link = { ...healthy, ...this.#links.get(direction), ...change };
    this.#links.set(direction, link);
    this.#options.emit({ type: 'link-changed', from, to, link });
  }
}
