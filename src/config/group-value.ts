import { assert } from '../assert.ts';
import { brokerConfigs } from './broker-configs.ts';
import type { BrokerConfiguration } from './broker-configuration.ts';
import type { ConfigValue } from './config-value.ts';
import type { ConfigMap } from './dynamic-configs.ts';
import { brokerValue } from './effective-config.ts';
import { groupConfigs } from './group-configs.ts';
import { parseValue } from './parse-value.ts';

/** What a group config is for a group with these configs of its own. */
export function groupValue(
  broker: BrokerConfiguration,
  own: ConfigMap,
  name: string,
): ConfigValue | null {
  const definition = groupConfigs.get(name);
  assert(definition !== undefined, `no group config is called '${name}'`);
  const text = own.get(name);
  if (text === undefined && brokerConfigs.has(`group.${name}`)) {
    return brokerValue(broker, `group.${name}`);
  }
  const parsed = parseValue(definition, text ?? definition.defaultValue ?? '');
  assert('value' in parsed, `a wrong value came through: ${name}=${text}`);
  return parsed.value;
}
