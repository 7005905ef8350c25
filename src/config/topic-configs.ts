import { compressionType, gzipLevel, lz4Level, zstdLevel } from './compression-configs.ts';
import type { ConfigDefinition } from './config-definition.ts';
import {
  atLeast,
  between,
  boolean,
  double,
  elements,
  int,
  internal,
  list,
  long,
  oneOf,
  string,
} from './define.ts';
import { definitionsByName } from './definitions-by-name.ts';

/** A broker config that a topic config falls back on. */
interface BrokerSynonym {
  readonly name: string;
  /** What one unit of it is in the topic config's unit. */
  readonly factor: number;
}

interface TopicConfigDefinition extends ConfigDefinition {
  /** The first that is set wins. */
  readonly brokerSynonyms: readonly BrokerSynonym[];
}

const minutes = (name: string): BrokerSynonym => ({ name, factor: 60_000 });
const hours = (name: string): BrokerSynonym => ({ name, factor: 3_600_000 });

const topic = (
  definition: ConfigDefinition,
  ...synonyms: readonly (string | BrokerSynonym)[]
): TopicConfigDefinition => ({
  ...definition,
  dynamic: 'cluster-wide',
  brokerSynonyms: synonyms.map((synonym) =>
    typeof synonym === 'string' ? { name: synonym, factor: 1 } : synonym,
  ),
});

const throttledReplicas = { validator: { kind: 'throttled-replicas' } } as const;

/** Every config of a topic, in the order in which Kafka looks at them. */
export const topicConfigs: ReadonlyMap<string, TopicConfigDefinition> = definitionsByName([
  topic(int('segment.bytes', '1073741824', atLeast(1024 * 1024)), 'log.segment.bytes'),
  topic(long('segment.ms', '604800000', atLeast(1)), 'log.roll.ms', hours('log.roll.hours')),
  topic(
    long('segment.jitter.ms', '0', atLeast(0)),
    'log.roll.jitter.ms',
    hours('log.roll.jitter.hours'),
  ),
  topic(int('segment.index.bytes', '10485760', atLeast(4)), 'log.index.size.max.bytes'),
  topic(long('flush.messages', '9223372036854775807', atLeast(1)), 'log.flush.interval.messages'),
  topic(
    long('flush.ms', '9223372036854775807', atLeast(0)),
    'log.flush.interval.ms',
    'log.flush.scheduler.interval.ms',
  ),
  topic(long('retention.bytes', '-1'), 'log.retention.bytes'),
  topic(
    long('retention.ms', '604800000', atLeast(-1)),
    'log.retention.ms',
    minutes('log.retention.minutes'),
    hours('log.retention.hours'),
  ),
  topic(int('max.message.bytes', '1048588', atLeast(0)), 'message.max.bytes'),
  topic(int('index.interval.bytes', '4096', atLeast(0)), 'log.index.interval.bytes'),
  topic(long('delete.retention.ms', '86400000', atLeast(0)), 'log.cleaner.delete.retention.ms'),
  topic(long('min.compaction.lag.ms', '0', atLeast(0)), 'log.cleaner.min.compaction.lag.ms'),
  topic(
    long('max.compaction.lag.ms', '9223372036854775807', atLeast(1)),
    'log.cleaner.max.compaction.lag.ms',
  ),
  topic(long('file.delete.delay.ms', '60000', atLeast(0)), 'log.segment.delete.delay.ms'),
  topic(
    double('min.cleanable.dirty.ratio', '0.5', between(0, 1)),
    'log.cleaner.min.cleanable.ratio',
  ),
  topic(
    list('cleanup.policy', 'delete', elements({ in: ['compact', 'delete'] })),
    'log.cleanup.policy',
  ),
  topic(boolean('unclean.leader.election.enable', 'false'), 'unclean.leader.election.enable'),
  topic(int('min.insync.replicas', '1', atLeast(1)), 'min.insync.replicas'),
  topic(string('compression.type', 'producer', compressionType), 'compression.type'),
  topic(int('compression.gzip.level', '-1', gzipLevel), 'compression.gzip.level'),
  topic(int('compression.lz4.level', '9', lz4Level), 'compression.lz4.level'),
  topic(int('compression.zstd.level', '3', zstdLevel), 'compression.zstd.level'),
  topic(boolean('preallocate', 'false'), 'log.preallocate'),
  topic(
    string('message.timestamp.type', 'CreateTime', oneOf('CreateTime', 'LogAppendTime')),
    'log.message.timestamp.type',
  ),
  topic(
    long('message.timestamp.before.max.ms', '9223372036854775807', atLeast(0)),
    'log.message.timestamp.before.max.ms',
  ),
  topic(
    long('message.timestamp.after.max.ms', '3600000', atLeast(0)),
    'log.message.timestamp.after.max.ms',
  ),
  topic(list('leader.replication.throttled.replicas', '', throttledReplicas)),
  topic(list('follower.replication.throttled.replicas', '', throttledReplicas)),
  topic(boolean('remote.storage.enable', 'false')),
  topic(long('local.retention.ms', '-2', atLeast(-2)), 'log.local.retention.ms'),
  topic(long('local.retention.bytes', '-2', atLeast(-2)), 'log.local.retention.bytes'),
  topic(boolean('remote.log.copy.disable', 'false')),
  topic(boolean('remote.log.delete.on.disable', 'false')),
  topic(int('internal.segment.bytes', null, internal)),
]);
