import type { ConfigDefinition } from '../config-definition.ts';
import { atLeast, between, clusterWide, int, internal, report, short, string } from '../define.ts';

export const shareGroupConfigs: readonly ConfigDefinition[] = [
  int('group.share.delivery.count.limit', '5', between(2, 10)),
  int('group.share.max.delivery.count.limit', '10', between(5, 25)),
  int('group.share.min.delivery.count.limit', '2', between(2, 5)),
  int('group.share.record.lock.duration.ms', '30000', between(1000, 3_600_000)),
  int('group.share.min.record.lock.duration.ms', '15000', between(1000, 30_000)),
  int('group.share.max.record.lock.duration.ms', '60000', between(30_000, 3_600_000)),
  int('group.share.partition.max.record.locks', '2000', between(100, 10_000)),
  int('group.share.max.partition.max.record.locks', '4000', between(2000, 10_000)),
  int('group.share.min.partition.max.record.locks', '100', between(100, 2000)),
  int('share.fetch.purgatory.purge.interval.requests', '1000', report),
  int('group.share.max.share.sessions', '2000', atLeast(1)),
  string(
    'group.share.persister.class.name',
    'org.apache.kafka.server.share.persister.DefaultStatePersister',
    internal,
  ),
  int('share.coordinator.state.topic.num.partitions', '50', atLeast(1)),
  short('share.coordinator.state.topic.replication.factor', '3', atLeast(1)),
  short('share.coordinator.state.topic.min.isr', '2', atLeast(1)),
  int('share.coordinator.state.topic.segment.bytes', '104857600', atLeast(1)),
  int('share.coordinator.threads', '1', atLeast(1)),
  int('share.coordinator.snapshot.update.records.per.snapshot', '500', between(0, 500)),
  int('share.coordinator.load.buffer.size', '5242880', atLeast(1)),
  int('share.coordinator.state.topic.compression.codec', '0'),
  int('share.coordinator.append.linger.ms', '-1', atLeast(-1)),
  int('share.coordinator.write.timeout.ms', '5000', atLeast(1)),
  int('share.coordinator.state.topic.prune.interval.ms', '300000', atLeast(1), internal),
  int('share.coordinator.cold.partition.snapshot.interval.ms', '300000', atLeast(1), internal),
  int('share.coordinator.cached.buffer.max.bytes', '1048588', atLeast(512 * 1024), clusterWide),
];
