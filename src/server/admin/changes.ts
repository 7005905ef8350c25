import type { ClusterStatus } from '../cluster-status.ts';

/** One thing that is not as it was. */
export interface Change {
  readonly what: string;
  readonly was: string;
  readonly now: string;
}

const none = 'none';
const list = (ids: readonly number[]): string => ids.join(',') || none;

/** What a person would look at, by a name for each. Offsets, which always move, are left out. */
function facts(status: ClusterStatus): Map<string, string> {
  const { brokers, controllers, partitions, groups, links } = status;
  const all = new Map<string, string>();
  for (const { id, state, fenced } of brokers) {
    all.set(`broker ${id}`, fenced ? `${state}, fenced` : state);
  }
  for (const { id, state } of controllers) all.set(`controller ${id}`, state);
  all.set('active controller', String(status.activeController ?? none));
  for (const { topic, partition, leader, leaderEpoch, replicas, isr, elr } of partitions) {
    const name = `${topic}-${partition}`;
    all.set(`${name} leader`, String(leader ?? none));
    all.set(`${name} leader epoch`, String(leaderEpoch));
    all.set(`${name} replicas`, list(replicas.map(({ broker }) => broker)));
    all.set(`${name} isr`, list(isr));
    all.set(`${name} elr`, list(elr));
  }
  for (const { groupId, state, coordinator, members } of groups) {
    all.set(`group ${groupId} state`, state);
    all.set(`group ${groupId} members`, String(members.length));
    all.set(`group ${groupId} coordinator`, String(coordinator));
  }
  for (const { from, to, plane, cut, latencyMs, jitterMs, loss } of links) {
    const delay = `latency ${latencyMs} ms, jitter ${jitterMs} ms, loss ${loss}`;
    all.set(`link ${from} → ${to} (${plane})`, cut ? 'cut' : delay);
  }
  return all;
}

/** Of a group one cannot say whether it is gone or has only no coordinator at present. */
function whatMissingMeans(what: string): string {
  if (what.startsWith('link ')) return 'healthy';
  return what.startsWith('group ') ? 'unknown' : none;
}

export function changesBetween(before: ClusterStatus, after: ClusterStatus): Change[] {
  const [was, now] = [facts(before), facts(after)];
  return [...new Set([...was.keys(), ...now.keys()])]
    .filter((what) => was.get(what) !== now.get(what))
    .map((what) => {
      const missing = whatMissingMeans(what);
      return { what, was: was.get(what) ?? missing, now: now.get(what) ?? missing };
    });
}
