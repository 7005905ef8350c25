import type { BrokerConfiguration } from './broker-configuration.ts';
import type { ConfigMap } from './dynamic-configs.ts';
import { topicValue } from './effective-config.ts';
import { firstProblem } from './first-problem.ts';
import { invalidConfig, type Refusal } from './refusal.ts';
import { topicConfigs } from './topic-configs.ts';

/** Whether a topic may have these configs of its own: each for itself, and then together. */
export function checkTopicConfigs(
  broker: BrokerConfiguration,
  own: ConfigMap,
): Refusal | undefined {
  for (const name of own.keys()) {
    if (!topicConfigs.has(name)) return invalidConfig(`Unknown topic config name: ${name}`);
  }
  const problem = firstProblem(topicConfigs.values(), own);
  if (problem !== undefined) return invalidConfig(problem);
  const least = topicValue(broker, own, 'min.compaction.lag.ms');
  const most = topicValue(broker, own, 'max.compaction.lag.ms');
  if (least !== null && most !== null && least > most) {
    return invalidConfig(
      `conflict topic config setting min.compaction.lag.ms (${least}) > ` +
        `max.compaction.lag.ms (${most})`,
    );
  }
  if (topicValue(broker, own, 'remote.storage.enable') === true) {
    return invalidConfig(
      'Tiered Storage functionality is disabled in the broker. ' +
        'Topic cannot be configured with remote log storage.',
    );
  }
  return undefined;
}
