import type { ConfigDefinition } from '../config-definition.ts';
import {
  atLeast,
  between,
  boolean,
  clusterWide,
  double,
  fallbackOf,
  int,
  long,
  report,
} from '../define.ts';

export const cleanerConfigs: readonly ConfigDefinition[] = [
  int('log.cleaner.threads', '1', atLeast(0), clusterWide, report),
  double('log.cleaner.io.max.bytes.per.second', '1.7976931348623157E308', clusterWide, report),
  long('log.cleaner.dedupe.buffer.size', '134217728', clusterWide, report),
  int('log.cleaner.io.buffer.size', '524288', atLeast(0), clusterWide, report),
  double('log.cleaner.io.buffer.load.factor', '0.9', clusterWide, report),
  long('log.cleaner.backoff.ms', '15000', atLeast(0), clusterWide),
  double(
    'log.cleaner.min.cleanable.ratio',
    '0.5',
    between(0, 1),
    fallbackOf('min.cleanable.dirty.ratio'),
  ),
  boolean('log.cleaner.enable', 'true'),
  long(
    'log.cleaner.delete.retention.ms',
    '86400000',
    atLeast(0),
    fallbackOf('delete.retention.ms'),
  ),
  long('log.cleaner.min.compaction.lag.ms', '0', atLeast(0), fallbackOf('min.compaction.lag.ms')),
  long(
    'log.cleaner.max.compaction.lag.ms',
    '9223372036854775807',
    atLeast(1),
    fallbackOf('max.compaction.lag.ms'),
  ),
];
