import { assert } from '../assert.ts';
import { brokerConfig, brokerConfigSynonyms } from './broker-config-names.ts';
import type { BrokerConfiguration } from './broker-configuration.ts';
import type { ConfigDefinition } from './config-definition.ts';
import type { ConfigValue } from './config-value.ts';
import type { ConfigMap } from './dynamic-configs.ts';
import { parseValue } from './parse-value.ts';
import { topicConfigs } from './topic-configs.ts';

function parsed(definition: ConfigDefinition, text: string): ConfigValue {
  const result = parseValue(definition, text);
  assert('value' in result, `a wrong value came through: ${definition.name}=${text}`);
  return result.value;
}

/** Defaults are read again and again, and are always the same. */
const defaults = new Map<ConfigDefinition, ConfigValue>();

function defaultOf(definition: ConfigDefinition): ConfigValue | null {
  if (definition.defaultValue === null) return null;
  const value = defaults.get(definition) ?? parsed(definition, definition.defaultValue);
  defaults.set(definition, value);
  return value;
}

/**
 * The text that decides a broker config, or null if nobody set it. A layer that sets one of
 * several synonyms hides all of them in the layers below: with a dynamic `log.retention.ms`, the
 * `log.retention.hours` of server.properties is gone.
 */
function brokerText(broker: BrokerConfiguration, name: string): string | null {
  const synonyms = brokerConfigSynonyms(name);
  for (const layer of [broker.dynamicBroker, broker.dynamicDefault]) {
    if (synonyms.some((synonym) => layer.has(synonym))) return layer.get(name) ?? null;
  }
  return broker.static.get(name) ?? null;
}

/** What a broker config is at this broker now; null: it has no value. */
export function brokerValue(broker: BrokerConfiguration, name: string): ConfigValue | null {
  const definition = brokerConfig(name);
  assert(definition !== undefined, `no broker config is called '${name}'`);
  const text = brokerText(broker, name);
  return text === null ? defaultOf(definition) : parsed(definition, text);
}

function inherited(broker: BrokerConfiguration, name: string): ConfigValue | null {
  const definition = topicConfigs.get(name)!;
  for (const synonym of definition.brokerSynonyms) {
    const value = brokerValue(broker, synonym.name);
    if (value === null) continue;
    if (definition.type !== 'LONG') return value;
    const long = BigInt(value as number | bigint) * BigInt(synonym.factor);
    return name === 'retention.ms' && long < 0n ? -1n : long;
  }
  return defaultOf(definition);
}

/** What a topic config is for a topic with these configs of its own, at this broker. */
export function topicValue(
  broker: BrokerConfiguration,
  own: ConfigMap,
  name: string,
): ConfigValue | null {
  const definition = topicConfigs.get(name);
  assert(definition !== undefined, `no topic config is called '${name}'`);
  const text = own.get(name);
  return text === undefined ? inherited(broker, name) : parsed(definition, text);
}
