import type { Cluster } from '../../cluster/cluster.ts';
import type { Choices } from '../../simulation/choices.ts';
import type { Link, NodeId, Plane } from '../../simulation/network.ts';

interface Route {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly plane: Plane;
}

const slowestMs = 5;
const jitterMaxMs = 4;

/** A healthy network, in which everything takes a little while: how long is drawn. */
export class Ground {
  readonly #cluster: Cluster;
  readonly #links: readonly (readonly [Route, Partial<Link>])[];

  constructor(cluster: Cluster, choices: Choices) {
    this.#cluster = cluster;
    this.#links = routesOf(cluster).map((route) => {
      const latencyMs = 1 + choices.choose(slowestMs, 'latency');
      return [route, { latencyMs, jitterMs: choices.choose(jitterMaxMs, 'jitter') }];
    });
    this.heal();
  }

  /** Every link is as it was in the beginning. */
  heal(): void {
    for (const [route, link] of this.#links) {
      this.#cluster.network.setLink(route, { ...link, loss: 0, cut: false });
    }
  }

  /** One direction is as it was, on one plane or on all. */
  mend(from: NodeId, to: NodeId, plane: Plane | undefined): void {
    for (const [route, link] of this.#links) {
      const isIt = route.from === from && route.to === to && (plane ?? route.plane) === route.plane;
      if (isIt) this.#cluster.network.setLink(route, { ...link, loss: 0, cut: false });
    }
  }
}

function routesOf({ brokerIds, controllerIds }: Cluster): Route[] {
  const both = (one: NodeId, other: NodeId, plane: Plane): Route[] => [
    { from: one, to: other, plane },
    { from: other, to: one, plane },
  ];
  return brokerIds.flatMap((brokerId) => [
    ...both('clients', brokerId, 'client'),
    ...controllerIds.flatMap((id) => both(brokerId, id, 'controller')),
    ...brokerIds
      .filter((other) => other > brokerId)
      .flatMap((other) => both(brokerId, other, 'replication')),
  ]);
}
