import type { Random } from '../simulation/random.ts';

interface PlacementBroker {
  readonly brokerId: number;
  readonly rack: string | null;
  readonly fenced: boolean;
}

/**
 * Places replicas as KRaft's striped placer does: partition by partition the leader moves on by
 * one rack, and the replicas of one partition spread over as many racks as there are. Brokers that
 * are fenced hold replicas only where the others do not suffice, and never come first.
 * Asks for `replicationFactor` <= brokers and at least one that is not fenced.
 */
export function placeReplicas(
  brokers: readonly PlacementBroker[],
  partitions: number,
  replicationFactor: number,
  random: Random,
): number[][] {
  const racks = groupByRack(brokers, random);
  const start = random.below(racks.length);
  const round = racks.length * periodOf(racks);
  const placed: number[][] = [];
  for (let partition = 0; partition < Math.min(partitions, round); partition++) {
    placed.push(placeOne(racks, start + partition, replicationFactor));
    // Only once each rack has led, so that every broker of a rack gets its turn to lead.
    if ((partition + 1) % racks.length === 0) for (const rack of racks) rack.next++;
  }
  // Then it begins anew. Thousands of partitions share the few lists that there are.
  for (let partition = round; partition < partitions; partition++) {
    placed.push(placed[partition - round]!);
  }
  return placed;
}

/** After so many turns every rack is where it began. */
function periodOf(racks: readonly Rack[]): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const sizes = racks.flatMap(({ unfenced, fenced }) => [unfenced.length, fenced.length]);
  return sizes.reduce((period, size) => {
    return size === 0 ? period : (period / divisor(period, size)) * size;
  }, 1);
}

/** A rack hands out its brokers in turn, starting at `next`. */
interface Rack {
  readonly unfenced: readonly number[];
  readonly fenced: readonly number[];
  next: number;
}

function groupByRack(brokers: readonly PlacementBroker[], random: Random): Rack[] {
  const byRack = new Map<string, PlacementBroker[]>();
  for (const broker of [...brokers].sort((a, b) => a.brokerId - b.brokerId)) {
    const key = broker.rack ?? '';
    byRack.set(key, [...(byRack.get(key) ?? []), broker]);
  }
  return [...byRack.keys()].sort().map((key) => {
    const members = byRack.get(key)!;
    const ids = (fenced: boolean) =>
      members.filter((broker) => broker.fenced === fenced).map((broker) => broker.brokerId);
    return { unfenced: ids(false), fenced: ids(true), next: random.below(members.length) };
  });
}

function placeOne(racks: readonly Rack[], firstRack: number, replicationFactor: number): number[] {
  const replicas: number[] = [];
  for (const kind of ['unfenced', 'fenced'] as const) {
    // One round takes at most one broker of each rack; rounds go on until none has any left.
    for (let found = true; found && replicas.length < replicationFactor; ) {
      found = false;
      for (let step = 0; step < racks.length && replicas.length < replicationFactor; step++) {
        const rack = racks[(firstRack + step) % racks.length]!;
        const brokerId = firstFree(rack[kind], rack.next, replicas);
        if (brokerId === undefined) continue;
        replicas.push(brokerId);
        found = true;
      }
    }
  }
  return replicas.slice(); // of its very size: a list that was pushed to has room for seventeen
}

function firstFree(
  candidates: readonly number[],
  start: number,
  taken: readonly number[],
): number | undefined {
  for (let step = 0; step < candidates.length; step++) {
    const brokerId = candidates[(start + step) % candidates.length]!;
    if (!taken.includes(brokerId)) return brokerId;
  }
  return undefined;
}
