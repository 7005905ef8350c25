import { keyOf } from './partition-key.ts';

/** A member as the leader of a classic group sees it. */
interface Subscriber {
  readonly memberId: string;
  readonly topics: readonly string[];
  /** What it says that it owns, and since which generation. */
  readonly owned: readonly string[];
  readonly generationId: number;
}

type Assigned = Map<string, string[]>;

/**
 * Who gets which partition, evenly, and as many as possible stay where they are. `cooperative`:
 * what another still owns is given to nobody yet, for its owner has to let go of it (KIP-429).
 */
export function assignPartitions(
  subscribers: readonly Subscriber[],
  partitionCount: (topic: string) => number,
  cooperative: boolean,
): Assigned {
  const members = [...subscribers].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const owners = cooperative ? ownersOf(members) : new Map<string, string>();
  const assigned: Assigned = new Map(members.map(({ memberId }) => [memberId, []]));
  const topics = [...new Set(members.flatMap((member) => member.topics))].sort();
  for (const topic of topics) {
    const takers = members.filter((member) => member.topics.includes(topic));
    const keys = Array.from({ length: partitionCount(topic) }, (_, partition) =>
      keyOf({ topic, partition }),
    );
    const ownerOf = (key: string) => takers.find(({ memberId }) => memberId === owners.get(key));
    // First what stays where it is, so that the rest goes to those who then have least.
    for (const key of keys) {
      const owner = ownerOf(key);
      if (owner !== undefined) assigned.get(owner.memberId)!.push(key);
    }
    for (const key of keys) {
      if (ownerOf(key) !== undefined) continue;
      assigned.get(leastLoaded(takers, assigned).memberId)!.push(key);
    }
  }
  balance(members, assigned);
  for (const [memberId, keys] of assigned) {
    const mayHave = (key: string) => (owners.get(key) ?? memberId) === memberId;
    assigned.set(memberId, keys.filter(mayHave));
  }
  return assigned;
}

/** Of two who say that they own a partition, the one with the later generation is right. */
function ownersOf(members: readonly Subscriber[]): Map<string, string> {
  const claims = new Map<string, Subscriber>();
  for (const member of members) {
    for (const key of member.owned) {
      const known = claims.get(key);
      if (known === undefined || known.generationId < member.generationId) claims.set(key, member);
    }
  }
  return new Map([...claims].map(([key, { memberId }]) => [key, memberId]));
}

const leastLoaded = (takers: readonly Subscriber[], assigned: Assigned): Subscriber =>
  takers.reduce((least, next) =>
    assigned.get(next.memberId)!.length < assigned.get(least.memberId)!.length ? next : least,
  );

/** Moves partitions from who has most to who has two fewer, as far as subscriptions allow. */
function balance(members: readonly Subscriber[], assigned: Assigned): void {
  for (;;) {
    const move = byLoad(members, assigned).flatMap((from) => movesFrom(from, members, assigned))[0];
    if (move === undefined) return;
    const { from, to, key } = move;
    assigned.set(
      from,
      assigned.get(from)!.filter((other) => other !== key),
    );
    assigned.get(to)!.push(key);
  }
}

/** Who has most comes first, or more would move than has to. */
const byLoad = (members: readonly Subscriber[], assigned: Assigned): Subscriber[] =>
  members.toSorted((a, b) => assigned.get(b.memberId)!.length - assigned.get(a.memberId)!.length);

function movesFrom(from: Subscriber, members: readonly Subscriber[], assigned: Assigned) {
  const keys = assigned.get(from.memberId)!;
  return members.flatMap((to) => {
    if (assigned.get(to.memberId)!.length + 2 > keys.length) return [];
    const key = keys.findLast((one) => to.topics.includes(one.slice(0, one.lastIndexOf('-'))));
    return key === undefined ? [] : [{ from: from.memberId, to: to.memberId, key }];
  });
}
