import type { Cluster } from '../../cluster/cluster.ts';
import { valuesOf } from '../batches.ts';
import { checkConverged } from '../convergence.ts';
import { mustHold } from '../invariant-broken.ts';
import type { Believed, Sighting } from './clients.ts';
import { type Processing, processing } from './members/processing.ts';
import { type Stage, topic } from './stage.ts';

/** What a run came to; each list is empty and `breaks` is null if nothing is wrong. */
export interface Audit {
  readonly outcome: {
    readonly lost: readonly string[];
    readonly duplicated: readonly string[];
    readonly conflicting: readonly number[];
    readonly diverged: readonly number[];
    readonly breaks: string | null;
    readonly lostCommitted: boolean;
  } & Processing;
  /** What the broken invariant had to say. */
  readonly detail: string | undefined;
  /** What anybody can read in the end, by partition, from where the story began. */
  readonly readable: readonly (readonly string[])[];
}

/**
 * All faults end, and what clients were told is held against what is there. Whether Kafka had
 * promised it makes no difference: with acks=1 it promises little, and lost is lost.
 */
export function audit(stage: Stage): Audit {
  const { cluster, clients, invariants } = stage;
  stage.ground.heal();
  const isWhole = stage.until(() => {
    for (const controllerId of cluster.controllerIds) cluster.restart(controllerId);
    for (const brokerId of cluster.brokerIds) {
      cluster.resume(brokerId);
      cluster.restart(brokerId);
    }
    return checkConverged(cluster) === undefined;
  });
  stage.watch(() => mustHold('L-01', isWhole, () => `${checkConverged(cluster)}`));
  const { partitions } = cluster.metadata.topicsByName.get(topic)!;
  const inSight = partitions.map(({ leader }, partition) => onDisk(cluster, leader, partition));
  const readable = inSight.map((records) => records.map(({ value }) => value));
  // What was deleted by somebody's will is not lost.
  const isThere = ({ partition, value, offset }: Believed) =>
    readable[partition]!.includes(value) || offset < (inSight[partition]![0]?.offset ?? 0);
  return {
    outcome: {
      lost: unique(clients.believed().filter((each) => !isThere(each))),
      duplicated: readable.flatMap((values) => [
        ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
      ]),
      conflicting: offsetsWithMore(seenByClients(stage)),
      diverged: offsetsWithMore(onDisks(stage)),
      breaks: stage.broken?.id ?? null,
      lostCommitted: invariants.lostCommitted,
      ...processing(stage, inSight.flat()),
    },
    detail: stage.broken?.message,
    readable: inSight.map((records) =>
      records.filter((record) => !stage.isFormer(record)).map(({ value }) => value),
    ),
  };
}

const unique = (seen: readonly { readonly value: string }[]): string[] => [
  ...new Set(seen.map(({ value }) => value)),
];

/** What clients were told of, and what they can read in the end. */
function seenByClients({ clients, cluster }: Stage): Sighting[] {
  const { partitions } = cluster.metadata.topicsByName.get(topic)!;
  const leaders = partitions.map(({ leader }) => leader);
  return [
    ...clients.sightings,
    ...leaders.flatMap((leader, partition) => onDisk(cluster, leader, partition)),
  ];
}

function onDisks({ cluster }: Stage): Sighting[] {
  const { partitions } = cluster.metadata.topicsByName.get(topic)!;
  return partitions.flatMap(({ replicas }, partition) =>
    replicas.flatMap((brokerId) => onDisk(cluster, brokerId, partition)),
  );
}

function onDisk(cluster: Cluster, brokerId: number, partition: number): Sighting[] {
  const { topicId } = cluster.metadata.topicsByName.get(topic)!;
  const log = brokerId < 0 ? undefined : cluster.log(brokerId, topicId, partition);
  if (log === undefined) return [];
  return valuesOf(log).map((value, index) => {
    return { partition, offset: log.logStartOffset + index, value: value.trimEnd() };
  });
}

/** Offsets of some partition at which more than one value was seen. */
function offsetsWithMore(sightings: readonly Sighting[]): number[] {
  const first = new Map<string, string>();
  const offsets = new Set<number>();
  for (const { partition, offset, value } of sightings) {
    const key = `${partition}-${offset}`;
    const known = first.get(key) ?? value;
    first.set(key, known);
    if (known !== value) offsets.add(offset);
  }
  return [...offsets].sort((a, b) => a - b);
}
