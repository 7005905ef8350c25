import type { BrokerConfiguration } from './broker-configuration.ts';
import type { ConfigMap } from './dynamic-configs.ts';
import { brokerValue } from './effective-config.ts';
import { firstProblem } from './first-problem.ts';
import { groupBounds } from './group-bounds.ts';
import { groupConfigs } from './group-configs.ts';
import { groupValue } from './group-value.ts';
import { invalidConfig, type Refusal } from './refusal.ts';

/** Whether a group may have these configs of its own. */
export function checkGroupConfigs(
  broker: BrokerConfiguration,
  own: ConfigMap,
): Refusal | undefined {
  for (const name of own.keys()) {
    if (!groupConfigs.has(name)) return invalidConfig(`Unknown group config name: ${name}`);
  }
  const problem = firstProblem(groupConfigs.values(), own);
  if (problem !== undefined) return invalidConfig(problem);
  for (const { name, minimum, maximum } of groupBounds) {
    const value = groupValue(broker, own, name)!;
    if (minimum !== null && value < brokerValue(broker, minimum)!) {
      return invalidConfig(`${name} must be greater than or equal to ${minimum}`);
    }
    if (value > brokerValue(broker, maximum)!) {
      return invalidConfig(`${name} must be less than or equal to ${maximum}`);
    }
  }
  return undefined;
}
