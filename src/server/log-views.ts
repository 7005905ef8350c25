import { isInternalTopic } from '../broker/internal-topics.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Identify } from '../history/identity.ts';
import { type LogView, logView } from '../history/log-view.ts';

/** What the leader of each partition has, where one runs; internal topics are left out. */
export function logViews(cluster: Cluster, identify?: Identify): LogView[] {
  const views: LogView[] = [];
  for (const { name, partitions } of cluster.metadata.topicsByName.values()) {
    if (isInternalTopic(name)) continue;
    const compacted = cluster.topicSettings(name).cleanupPolicy.compact;
    for (const [partition, { leader }] of partitions.entries()) {
      const log = leader < 0 ? undefined : cluster.replica(leader, name, partition)?.log;
      if (log === undefined) continue;
      views.push(logView(log, { topic: name, partition, compacted, identify }));
    }
  }
  return views;
}
