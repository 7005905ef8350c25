import type { Assignment } from '../assignment.ts';
import type { AssignorGroup } from './assignor.ts';

/** Where subscriptions overlap in chains, balance comes nearer with each round; this is enough. */
const roundsMax = 16;

/** Who has what while it is being decided; members are their places in the group. */
interface Draft {
  readonly load: number[];
  /** For each partition of a topic its owner, or -1. */
  readonly owners: ReadonlyMap<string, number[]>;
  readonly subscribers: ReadonlyMap<string, readonly number[]>;
}

/**
 * The uniform assignment where members are subscribed to different topics: everybody keeps what it
 * had, what is left over goes to whoever has least, and then whoever has most gives to whoever has
 * least, topic by topic, as long as that makes a difference.
 */
export function assignToDifferent(group: AssignorGroup): ReadonlyMap<string, Assignment> {
  const draft = currentOwners(group);
  const topicIds = scarceFirst(draft);
  for (const topicId of topicIds) assignUnowned(draft, topicId);
  let quiet = 0;
  for (let round = 0; round < roundsMax && quiet < topicIds.length; round++) {
    for (const topicId of topicIds) {
      quiet = balance(draft, topicId) ? 0 : quiet + 1;
      if (quiet >= topicIds.length) break;
    }
  }
  return assignments(group, draft);
}

function currentOwners({ members, partitionCount }: AssignorGroup): Draft {
  const load = members.map(() => 0);
  const owners = new Map<string, number[]>();
  const subscribers = new Map<string, number[]>();
  members.forEach(({ topicIds, target }, member) => {
    for (const topicId of topicIds) {
      if (!owners.has(topicId)) {
        owners.set(topicId, new Array<number>(partitionCount(topicId)).fill(-1));
        subscribers.set(topicId, []);
      }
      subscribers.get(topicId)!.push(member);
      const partitions = owners.get(topicId)!;
      for (const partition of target.get(topicId) ?? []) {
        if (partition >= partitions.length) continue;
        partitions[partition] = member;
        load[member]!++;
      }
    }
  });
  return { load, owners, subscribers };
}

/** Topics with many partitions for few members come first: they leave the least choice. */
function scarceFirst({ owners, subscribers }: Draft): readonly string[] {
  const rank = (topicId: string): readonly [perMember: number, members: number] => {
    const members = subscribers.get(topicId)!.length;
    return [owners.get(topicId)!.length / members, members];
  };
  return [...owners.keys()].sort((one, other) => {
    const [perMember, members] = rank(one);
    const [perOther, others] = rank(other);
    return perOther - perMember || members - others || (one < other ? -1 : 1);
  });
}

function assignUnowned({ load, owners, subscribers }: Draft, topicId: string): void {
  const partitions = owners.get(topicId)!;
  const members = subscribers.get(topicId)!;
  partitions.forEach((owner, partition) => {
    if (owner >= 0) return;
    const member = leastLoaded(load, members);
    partitions[partition] = member;
    load[member]!++;
  });
}

function leastLoaded(load: readonly number[], members: readonly number[]): number {
  return members.reduce((least, member) => (load[member]! < load[least]! ? member : least));
}

/** Says whether a partition has moved. */
function balance({ load, owners, subscribers }: Draft, topicId: string): boolean {
  const members = subscribers.get(topicId)!;
  const partitions = owners.get(topicId)!;
  const ownedBy = new Map<number, number[]>();
  partitions.forEach((owner, partition) => {
    const owned = ownedBy.get(owner);
    if (owned === undefined) ownedBy.set(owner, [partition]);
    else owned.push(partition);
  });
  let givers = members.filter((member) => ownedBy.has(member));
  let moved = false;
  while (givers.length > 0) {
    const giver = givers.reduce((most, member) => (load[member]! >= load[most]! ? member : most));
    const taker = leastLoaded(load, members);
    if (load[giver]! - load[taker]! <= 1) break;
    const owned = ownedBy.get(giver)!;
    partitions[owned.pop()!] = taker;
    load[giver]!--;
    load[taker]!++;
    moved = true;
    if (owned.length === 0) givers = givers.filter((member) => member !== giver);
  }
  return moved;
}

function assignments({ members }: AssignorGroup, { owners }: Draft): Map<string, Assignment> {
  const drafts = members.map(() => new Map<string, Set<number>>());
  for (const [topicId, partitions] of owners) {
    partitions.forEach((owner, partition) => {
      const draft = drafts[owner]!;
      const topic = draft.get(topicId);
      if (topic === undefined) draft.set(topicId, new Set([partition]));
      else topic.add(partition);
    });
  }
  return new Map(members.map(({ memberId }, member) => [memberId, drafts[member]!]));
}
