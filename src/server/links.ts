import type { Cluster } from '../cluster/cluster.ts';
import { type Link, type NodeId, type Plane, planes } from '../simulation/network.ts';
import { checkNames, show } from './check-names.ts';
import { ClusterError } from './cluster-error.ts';

/** One direction between two nodes; `clients` are all clients together. */
export interface LinkRoute {
  readonly from: NodeId;
  readonly to: NodeId;
  /** Default: every plane on which the two speak. */
  readonly plane?: Plane;
}

/** How `cut` and `slow` are meant. */
export interface LinkOptions {
  readonly plane?: Plane;
  /** Only what the first sends to the second. Default false. */
  readonly oneWay?: boolean;
}

/** How late and how lossy a link is. */
export type LinkDelay = Partial<Omit<Link, 'cut'>>;

/** How `isolate` is meant. */
export interface IsolateOptions {
  /** Planes that stay as they are. Default: none. */
  readonly keep?: readonly Plane[];
}

const bad = (text: string): never => {
  throw new ClusterError('E_BAD_OPTION', text);
};

function checkNode(cluster: Cluster, node: unknown): void {
  const nodes: unknown[] = nodesOf(cluster);
  if (nodes.includes(node)) return;
  const text = `there is no node ${show(node)}, only ${nodes.join(', ')}`;
  throw new ClusterError('E_UNKNOWN_NODE', text);
}

function nodesOf({ brokerIds, controllerIds }: Cluster): NodeId[] {
  return [...new Set<NodeId>([...brokerIds, ...controllerIds, 'clients'])];
}

function checkPlane(plane: unknown): void {
  const known: readonly unknown[] = planes;
  if (!known.includes(plane)) bad(`plane must be ${planes.join(' or ')}, not ${show(plane)}`);
}

/** On what planes two nodes speak: clients to brokers, brokers to brokers, all to controllers. */
function planesBetween({ brokerIds, controllerIds }: Cluster, one: NodeId, other: NodeId): Plane[] {
  const are = (ids: readonly NodeId[]) => ids.includes(one) && ids.includes(other);
  const some = (ids: readonly NodeId[]) => ids.includes(one) || ids.includes(other);
  if (one === other) return [];
  if (some(['clients'])) return some(brokerIds) ? ['client'] : [];
  const between: Plane[] = are(brokerIds) ? ['replication'] : [];
  return some(controllerIds) ? [...between, 'controller'] : between;
}

/** The directions that `route` means; throws `ClusterError` where there is none. */
export function directionsOf(
  cluster: Cluster,
  { from, to, plane }: LinkRoute,
): { from: NodeId; to: NodeId; plane: Plane }[] {
  checkNode(cluster, from);
  checkNode(cluster, to);
  if (plane !== undefined) checkPlane(plane);
  const spoken = planesBetween(cluster, from, to);
  const meant = plane === undefined ? spoken : spoken.filter((each) => each === plane);
  if (meant.length === 0) {
    const where = plane === undefined ? '' : ` on the plane ${plane}`;
    bad(`${from} and ${to} do not speak to each other${where}`);
  }
  return meant.map((each) => ({ from, to, plane: each }));
}

/** The directions between a node and everybody else, on every plane but those in `keep`. */
export function directionsAround(cluster: Cluster, node: number, keep: readonly Plane[]) {
  checkNode(cluster, node);
  for (const plane of keep) checkPlane(plane);
  return nodesOf(cluster).flatMap((other) =>
    planesBetween(cluster, node, other)
      .filter((plane) => !keep.includes(plane))
      .flatMap((plane) => [
        { from: node, to: other, plane },
        { from: other, to: node, plane },
      ]),
  );
}

const delayNames = ['latencyMs', 'jitterMs', 'loss'];
const changeNames: Readonly<Record<'link' | 'slow', readonly string[]>> = {
  link: [...delayNames, 'cut'],
  slow: delayNames,
};

/** Refuses a change of a link that says nothing, or what no link can be. */
export function checkLinkChange(where: 'link' | 'slow', change: Partial<Link>): void {
  const names = changeNames[where];
  checkNames(where, change, names);
  const { loss = 0, cut = false } = change;
  if (Object.keys(change).length === 0) bad(`${where} needs one of ${names.join(', ')}`);
  for (const name of ['latencyMs', 'jitterMs'] as const) {
    const value: unknown = change[name] ?? 0;
    if (!Number.isSafeInteger(value) || Number(value) < 0) {
      bad(`${where}: ${name} must be a whole number from 0 on, not ${show(value)}`);
    }
  }
  if (!(typeof loss === 'number' && loss >= 0 && loss < 1)) {
    bad(`${where}: loss must be a probability from 0 to below 1, not ${show(loss)}`);
  }
  if (typeof cut !== 'boolean') bad(`${where}: cut must be true or false, not ${show(cut)}`);
}
