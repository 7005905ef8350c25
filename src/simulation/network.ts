import { assert } from '../assert.ts';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** A node; all clients together are one, as a broker sees them. */
export type NodeId = number | 'clients';

/** Who speaks to whom about what has a connection of its own, and can fail on its own. */
export const planes = ['client', 'replication', 'controller'] as const;
export type Plane = (typeof planes)[number];

/** How one direction between two nodes behaves. */
export interface Link {
  readonly latencyMs: number;
  /** At most so much more, drawn for each message. */
  readonly jitterMs: number;
  /** How likely a packet is lost. TCP sends it again, so this costs time. */
  readonly loss: number;
  /** Nothing arrives. TCP goes on trying, so what was sent comes once the link is mended. */
  readonly cut: boolean;
}

interface Message {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly plane: Plane;
  readonly label: string;
}

export type NetworkEvent =
  | ({ readonly type: 'message-held' } & Message)
  | ({ readonly type: 'message-retransmitted'; readonly delayMs: number } & Message)
  | ({ readonly type: 'link-changed'; readonly link: Link } & Omit<Message, 'label'>);

interface NetworkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: (event: NetworkEvent) => void;
}

/** Who has ended sends nothing again. */
interface Sender {
  readonly isAlive: boolean;
}

interface Parcel {
  readonly message: Message;
  readonly sender: Sender | undefined;
  readonly deliver: () => void;
}

interface Direction {
  link: Link;
  lastArrivalMs: number;
  /** What the cut link keeps from arriving, in the order it was sent. */
  held: Parcel[];
}

const healthyLink: Link = { latencyMs: 0, jitterMs: 0, loss: 0, cut: false };

/** TCP's first retransmission timeout on Linux; it doubles from try to try. */
const retransmissionMs = 200;
const retransmissionsMax = 8;

/**
 * The network between the nodes of a cluster. A message is a thunk with a label; the network knows
 * nothing of what it carries. Messages of one direction of a plane arrive in the order they were
 * sent, as over one TCP connection. By default a message is due in the very instant in which it was
 * sent.
 */
export class Network {
  readonly #options: NetworkOptions;
  readonly #directions = new Map<string, Direction>();

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  send(message: Message, deliver: () => void, sender?: Sender): void {
    const direction = this.#directions.size === 0 ? undefined : this.#find(message);
    if (direction === undefined) this.#options.clock.after(0, deliver);
    else this.#travel(direction, { message, sender, deliver });
  }

  /** Whether messages of this direction are delivered just as they are sent. */
  isHealthy(route: Omit<Message, 'label'>): boolean {
    return this.#directions.size === 0 || this.#find(route) === undefined;
  }

  /** How messages travel `from` one node `to` another on a plane. */
  link(route: Omit<Message, 'label'>): Link {
    return this.#find(route)?.link ?? healthyLink;
  }

  /**
   * Changes how messages travel `from` one node `to` another, on one plane or on all; the other
   * direction stays. What a cut held arrives when it is mended.
   */
  setLink(
    route: { readonly from: NodeId; readonly to: NodeId; readonly plane?: Plane | undefined },
    change: Partial<Link>,
  ): void {
    const { from, to } = route;
    for (const plane of route.plane === undefined ? planes : [route.plane]) {
      this.#setLink({ from, to, plane }, change);
    }
  }

  /** Every direction that is not healthy, in the order in which they first were not. */
  disturbed(): (Omit<Message, 'label'> & Link)[] {
    return [...this.#directions]
      .filter(([, { link }]) => !sameLink(link, healthyLink))
      .map(([key, { link }]) => ({ ...routeOf(key), ...link }));
  }

  /** Mends every link there is. */
  heal(): void {
    for (const key of this.#directions.keys()) this.#setLink(routeOf(key), healthyLink);
  }

  #setLink(route: Omit<Message, 'label'>, change: Partial<Link>): void {
    const direction = this.#find(route) ?? { link: healthyLink, lastArrivalMs: 0, held: [] };
    const link = { ...direction.link, ...change };
    assert(link.latencyMs >= 0 && link.jitterMs >= 0, 'a link has a latency from 0 on');
    assert(link.loss >= 0 && link.loss < 1, 'a loss is a probability below 1');
    if (sameLink(link, direction.link)) return;
    direction.link = link;
    this.#directions.set(keyOf(route), direction);
    this.#options.emit({ type: 'link-changed', ...route, link });
    if (link.cut) return;
    const { held } = direction;
    direction.held = [];
    for (const parcel of held) {
      if (parcel.sender?.isAlive !== false) this.#travel(direction, parcel);
    }
  }

  #travel(direction: Direction, parcel: Parcel): void {
    const { clock, emit } = this.#options;
    const arrivalMs = Math.max(
      clock.now() + this.#durationMs(direction.link, parcel.message),
      direction.lastArrivalMs,
    );
    direction.lastArrivalMs = arrivalMs;
    clock.after(arrivalMs - clock.now(), () => {
      if (!direction.link.cut) {
        parcel.deliver();
        return;
      }
      emit({ type: 'message-held', ...parcel.message });
      direction.held.push(parcel);
    });
  }

  #durationMs(link: Link, message: Message): number {
    const { random, emit } = this.#options;
    const jitterMs = link.jitterMs === 0 ? 0 : random.below(link.jitterMs + 1);
    let delayMs = 0;
    for (let tries = 0; link.loss > 0 && tries < retransmissionsMax; tries++) {
      if (random.below(1_000_000) >= link.loss * 1_000_000) break;
      delayMs += retransmissionMs * 2 ** tries;
    }
    if (delayMs > 0) emit({ type: 'message-retransmitted', ...message, delayMs });
    return link.latencyMs + jitterMs + delayMs;
  }

  #find(route: Omit<Message, 'label'>): Direction | undefined {
    return this.#directions.get(keyOf(route));
  }
}

const keyOf = ({ plane, from, to }: Omit<Message, 'label'>) => `${plane} ${from} ${to}`;

function routeOf(key: string): Omit<Message, 'label'> {
  const [plane, from, to] = key.split(' ') as [Plane, string, string];
  return { from: nodeOf(from), to: nodeOf(to), plane };
}

const nodeOf = (text: string): NodeId => (text === 'clients' ? text : Number(text));

const sameLink = (one: Link, other: Link): boolean =>
  one.latencyMs === other.latencyMs &&
  one.jitterMs === other.jitterMs &&
  one.loss === other.loss &&
  one.cut === other.cut;
