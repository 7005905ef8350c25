import type { ConfigDefinition } from '../config-definition.ts';
import { atLeast, clusterWide, elements, int, list, long, optional, string } from '../define.ts';

export const metricsConfigs: readonly ConfigDefinition[] = [
  int('metrics.num.samples', '2', atLeast(1), optional),
  long('metrics.sample.window.ms', '30000', atLeast(1), optional),
  list(
    'metric.reporters',
    'org.apache.kafka.common.metrics.JmxReporter',
    elements(),
    clusterWide,
    optional,
  ),
  string('metrics.recording.level', 'INFO', optional),
  list('kafka.metrics.reporters', '', elements(), optional),
  int('kafka.metrics.polling.interval.secs', '10', atLeast(1), optional),
  int('telemetry.max.bytes', '1048576', atLeast(1)),
];
