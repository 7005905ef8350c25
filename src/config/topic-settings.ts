import type { BrokerConfiguration } from './broker-configuration.ts';
import { type CamelCase, camelCase } from './camel-case.ts';
import type { ConfigMap } from './dynamic-configs.ts';
import { topicValue } from './effective-config.ts';

const numbers = [
  ...(['segment.bytes', 'segment.ms', 'segment.jitter.ms', 'segment.index.bytes'] as const),
  ...(['index.interval.bytes', 'retention.ms', 'retention.bytes', 'file.delete.delay.ms'] as const),
  ...(['message.timestamp.before.max.ms', 'message.timestamp.after.max.ms'] as const),
  ...(['delete.retention.ms', 'min.compaction.lag.ms', 'max.compaction.lag.ms'] as const),
  ...(['min.cleanable.dirty.ratio', 'flush.messages', 'flush.ms'] as const),
] as const;

const numberKeys = numbers.map((name) => [camelCase(name), name] as const);

type Numbers = { readonly [Name in (typeof numbers)[number] as CamelCase<Name>]: number };

/** What a topic's configs mean for its partitions. Numbers beyond 2^53 are rounded. */
export interface TopicSettings extends Numbers {
  /** `max.message.bytes` */
  readonly maxMessageBytes: number;
  readonly messageTimestampType: 'CreateTime' | 'LogAppendTime';
  /** `none` is what `compression.type` calls `uncompressed`. */
  readonly compressionType: 'producer' | 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  readonly cleanupPolicy: { readonly compact: boolean; readonly delete: boolean };
  /** `min.insync.replicas` */
  readonly minInSyncReplicas: number;
  readonly uncleanLeaderElectionEnable: boolean;
  /** `*`, or a partition and a broker each: `0:1` */
  readonly leaderReplicationThrottledReplicas: readonly string[];
  readonly followerReplicationThrottledReplicas: readonly string[];
}

/** The configs that `topicSettings` reads. */
export const topicSettingNames: readonly string[] = [
  ...numbers,
  ...['max.message.bytes', 'message.timestamp.type', 'compression.type', 'cleanup.policy'],
  ...['min.insync.replicas', 'unclean.leader.election.enable', 'internal.segment.bytes'],
  ...['leader.replication.throttled.replicas', 'follower.replication.throttled.replicas'],
];

const knownOfBroker = new WeakMap<BrokerConfiguration, WeakMap<ConfigMap, TopicSettings>>();

function read(broker: BrokerConfiguration, topic: ConfigMap): TopicSettings {
  const value = (name: string) => topicValue(broker, topic, name);
  const read = Object.fromEntries(
    numberKeys.map(([key, name]) => [key, Number(value(name))]),
  ) as Numbers;
  const list = (name: string) => value(name) as readonly string[];
  const policy = list('cleanup.policy');
  const compression = String(value('compression.type'));
  const segmentBytes = value('internal.segment.bytes') ?? read.segmentBytes;
  const compact = policy.includes('compact');
  // Only what is not in the active segment can be compacted, so that must be given up in time.
  const segmentMs = compact ? Math.min(read.segmentMs, read.maxCompactionLagMs) : read.segmentMs;
  return {
    ...read,
    segmentBytes: Number(segmentBytes),
    segmentMs,
    maxMessageBytes: Number(value('max.message.bytes')),
    messageTimestampType: value('message.timestamp.type') as TopicSettings['messageTimestampType'],
    compressionType: (compression === 'uncompressed'
      ? 'none'
      : compression) as TopicSettings['compressionType'],
    cleanupPolicy: { compact, delete: policy.includes('delete') },
    minInSyncReplicas: Number(value('min.insync.replicas')),
    uncleanLeaderElectionEnable: value('unclean.leader.election.enable') === true,
    leaderReplicationThrottledReplicas: list('leader.replication.throttled.replicas'),
    followerReplicationThrottledReplicas: list('follower.replication.throttled.replicas'),
  };
}

/** Most topics have no configs of their own, and then the same map, hence the same settings. */
export function topicSettings(broker: BrokerConfiguration, topic: ConfigMap): TopicSettings {
  const known = knownOfBroker.get(broker) ?? new WeakMap<ConfigMap, TopicSettings>();
  knownOfBroker.set(broker, known);
  const settings = known.get(topic) ?? read(broker, topic);
  known.set(topic, settings);
  return settings;
}
