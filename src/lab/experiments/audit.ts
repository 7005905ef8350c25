import type { Cluster } from '../../cluster/cluster.ts';
import type { TopicImage } from '../../controller/cluster-metadata.ts';
import type { PartitionLog } from '../../log/partition-log.ts';
import type { LogRecord } from '../../protocol/records/batch-records.ts';
import { textOf } from '../batches.ts';
import { checkConverged } from '../convergence.ts';
import { mustHold } from '../invariant-broken.ts';
import type { Sighting } from './clients.ts';
import { type Processing, processing } from './members/processing.ts';
import { type Stage, topic } from './stage.ts';
import { allRecords, committedRecords } from './visible-records.ts';

/** What a run came to; each list is empty and `breaks` is null if nothing is wrong. */
export interface Audit {
  readonly outcome: {
    readonly lost: readonly string[];
    readonly duplicated: readonly string[];
    readonly abortedRead: readonly string[];
    readonly stalled: readonly string[];
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

/** What there is of a partition in the end. */
interface Ending {
  readonly topic: string;
  readonly partition: number;
  /** What can be read with isolation.level=read_committed. */
  readonly committed: readonly Sighting[];
  /** What comes after a transaction that nobody ends. */
  readonly stalled: readonly Sighting[];
}

/**
 * All faults end, and what clients were told is held against what is there. Whether Kafka had
 * promised it makes no difference: with acks=1 it promises little, and lost is lost.
 */
export function audit(stage: Stage): Audit {
  const { cluster, invariants } = stage;
  recover(stage);
  const endings = stage.topics.flatMap((image) => endingsOf(cluster, image));
  const inSight = endings.filter((ending) => ending.topic === topic);
  const records = inSight.flatMap(({ committed }) => committed);
  return {
    outcome: {
      ...written(stage, endings),
      duplicated: endings.flatMap(({ committed }) => repeated(valuesOf(committed))),
      conflicting: offsetsWithMore([...stage.clients.sightings, ...onDisks(stage, 'leader')]),
      diverged: offsetsWithMore(onDisks(stage, 'replicas')),
      breaks: stage.broken?.id ?? null,
      lostCommitted: invariants.lostCommitted,
      ...processing(stage, records),
    },
    detail: stage.broken?.message,
    readable: endings.map(({ committed, ...place }) =>
      valuesOf(committed.filter((record) => place.topic !== topic || !stage.isFormer(record))),
    ),
  };
}

/** Everybody is back, and every transaction that anybody can end has ended. */
function recover(stage: Stage): void {
  const { cluster } = stage;
  stage.ground.heal();
  const isWhole = () => {
    for (const controllerId of cluster.controllerIds) cluster.restart(controllerId);
    for (const brokerId of cluster.brokerIds) {
      cluster.resume(brokerId);
      cluster.restart(brokerId);
    }
    return checkConverged(cluster) === undefined;
  };
  const isStable = () =>
    stage.topics.every((image) =>
      image.partitions.every(({ leader }, partition) => {
        const log = logOf(cluster, image, leader, partition);
        return log === undefined || log.lastStableOffset === log.highWatermark;
      }),
    );
  stage.until(() => isWhole() && isStable());
  stage.watch(() => mustHold('L-01', stage.until(isWhole), () => `${checkConverged(cluster)}`));
}

function endingsOf(cluster: Cluster, image: TopicImage): Ending[] {
  return image.partitions.map(({ leader }, partition) => {
    const log = logOf(cluster, image, leader, partition);
    const seen = (records: readonly LogRecord[]) => sightingsOf(partition, records);
    const stalledFrom = log?.lastStableOffset ?? 0;
    return {
      topic: image.name,
      partition,
      committed: log === undefined ? [] : seen(committedRecords(log)),
      stalled:
        log === undefined
          ? []
          : seen(allRecords(log).filter(({ offset }) => offset >= stalledFrom)),
    };
  });
}

/** What became of what producers take for written, and for aborted. */
function written({ clients, producers }: Stage, endings: readonly Ending[]) {
  const inTopic = clients.believed().map((each) => ({ ...each, topic }));
  const believed = [...inTopic, ...producers.written()];
  const at = (place: { topic: string; partition: number }) =>
    endings.find((each) => each.topic === place.topic && each.partition === place.partition)!;
  const isIn = (records: readonly Sighting[], { value }: { readonly value: string }) =>
    valuesOf(records).includes(value);
  // What was deleted by somebody's will is not lost.
  const isThere = (each: (typeof believed)[number]) =>
    isIn([...at(each).committed, ...at(each).stalled], each) ||
    each.offset < (at(each).committed[0]?.offset ?? 0);
  return {
    lost: unique(believed.filter((each) => !isThere(each))),
    stalled: unique(believed.filter((each) => isIn(at(each).stalled, each))),
    abortedRead: unique(
      producers
        .aborted()
        .filter((each) => at(each).committed.some(({ offset }) => offset === each.offset)),
    ),
  };
}

const valuesOf = (seen: readonly { readonly value: string }[]): string[] =>
  seen.map(({ value }) => value);

const unique = (seen: readonly { readonly value: string }[]): string[] => [
  ...new Set(valuesOf(seen)),
];

const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];

/** What is on the disk of whoever leads, or of every replica. */
function onDisks({ cluster }: Stage, whose: 'leader' | 'replicas'): Sighting[] {
  const image = cluster.metadata.topicsByName.get(topic)!;
  return image.partitions.flatMap(({ leader, replicas }, partition) =>
    (whose === 'leader' ? [leader] : replicas).flatMap((brokerId) => {
      const log = logOf(cluster, image, brokerId, partition);
      return log === undefined ? [] : sightingsOf(partition, allRecords(log));
    }),
  );
}

const logOf = (
  cluster: Cluster,
  { topicId }: TopicImage,
  brokerId: number,
  partition: number,
): PartitionLog | undefined =>
  brokerId < 0 ? undefined : cluster.log(brokerId, topicId, partition);

const sightingsOf = (partition: number, records: readonly LogRecord[]): Sighting[] =>
  records.map(({ offset, value }) => ({ partition, offset, value: textOf(value).trimEnd() }));

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
