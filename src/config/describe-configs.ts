import { brokerConfig } from './broker-config-names.ts';
import { brokerConfigs } from './broker-configs.ts';
import type { BrokerConfiguration } from './broker-configuration.ts';
import { brokerSynonyms, type DescribedSynonym } from './broker-synonyms.ts';
import { clientMetricsConfigs } from './client-metrics-configs.ts';
import { type ConfigDefinition, ConfigType } from './config-definition.ts';
import { ConfigResourceType } from './config-resource.ts';
import { ConfigSource } from './config-source.ts';
import type { ConfigValue } from './config-value.ts';
import { documentation } from './documentation.ts';
import { type ConfigMap, configsOf, type DynamicConfigs } from './dynamic-configs.ts';
import { brokerValue, topicValue } from './effective-config.ts';
import { formatValue } from './format-value.ts';
import { groupConfigs } from './group-configs.ts';
import { groupValue } from './group-value.ts';
import { parseValue } from './parse-value.ts';
import { topicConfigs } from './topic-configs.ts';

/** One config as DescribeConfigs answers it. */
export interface DescribedConfig {
  readonly name: string;
  /** null: sensitive, or no value. */
  readonly value: string | null;
  readonly readOnly: boolean;
  /** Version 0 says this instead of the source. */
  readonly isDefault: boolean;
  readonly configSource: ConfigSource;
  readonly isSensitive: boolean;
  readonly synonyms: readonly DescribedSynonym[];
  readonly configType: number;
  readonly documentation: string | null;
}

interface DescribeConfigsQuery {
  /** null or empty: all. */
  readonly keys: readonly string[] | null;
  readonly includeSynonyms: boolean;
  readonly includeDocumentation: boolean;
}

const isWanted = ({ keys }: DescribeConfigsQuery, name: string): boolean =>
  keys === null || keys.length === 0 || keys.includes(name);

interface Described {
  readonly name: string;
  readonly definition: ConfigDefinition | undefined;
  readonly value: ConfigValue | null;
  readonly readOnly: boolean;
  readonly synonyms: readonly DescribedSynonym[];
}

function described(
  query: DescribeConfigsQuery,
  { name, definition, value, readOnly, synonyms }: Described,
): DescribedConfig {
  const configSource = synonyms[0]?.source ?? ConfigSource.DEFAULT;
  const isSensitive = definition === undefined || definition.type === 'PASSWORD';
  return {
    name,
    value: value === null || isSensitive ? null : formatValue(definition.type, value),
    readOnly,
    isDefault: configSource === ConfigSource.DEFAULT,
    configSource,
    isSensitive,
    synonyms: query.includeSynonyms ? synonyms : [],
    configType: ConfigType[definition?.type ?? 'UNKNOWN'],
    documentation: query.includeDocumentation ? (documentation.get(name) ?? null) : null,
  };
}

/** The value that stands on the resource itself, as the strongest of the synonyms. */
function ownSynonym(
  definition: ConfigDefinition,
  own: ConfigMap,
  value: ConfigValue | null,
  source: ConfigSource,
): readonly DescribedSynonym[] {
  if (!own.has(definition.name) || value === null) return [];
  return [{ name: definition.name, value: formatValue(definition.type, value), source }];
}

/** A topic's configs, as the broker that is asked sees them. */
export function describeTopicConfigs(
  broker: BrokerConfiguration,
  topic: ConfigMap,
  query: DescribeConfigsQuery,
): readonly DescribedConfig[] {
  return [...topicConfigs.values()]
    .filter(({ name, hidden }) => isWanted(query, name) && (!hidden || topic.has(name)))
    .map((definition) => {
      const { name } = definition;
      const value = topicValue(broker, topic, name);
      const [synonym] = definition.brokerSynonyms;
      const synonyms = [
        ...ownSynonym(definition, topic, value, ConfigSource.TOPIC),
        ...(synonym === undefined ? [] : brokerSynonyms(broker, synonym.name)),
      ];
      return described(query, { name, definition, value, readOnly: false, synonyms });
    });
}

const isReadOnly = (definition: ConfigDefinition | undefined): boolean =>
  definition === undefined || (definition.dynamic === 'read-only' && !definition.listenerScoped);

/** The configs of the broker that is asked; those that it does not know are sensitive. */
export function describeBrokerConfigs(
  broker: BrokerConfiguration,
  query: DescribeConfigsQuery,
): readonly DescribedConfig[] {
  const names = new Set<string>();
  for (const { name, hidden } of brokerConfigs.values()) if (!hidden) names.add(name);
  for (const layer of [broker.static, broker.dynamicDefault, broker.dynamicBroker]) {
    for (const name of layer.keys()) names.add(name);
  }
  return [...names]
    .filter((name) => isWanted(query, name))
    .map((name) => {
      const definition = brokerConfig(name);
      return described(query, {
        name,
        definition,
        value: definition === undefined ? null : brokerValue(broker, name),
        readOnly: isReadOnly(definition),
        synonyms: brokerSynonyms(broker, name),
      });
    });
}

/** The configs that were set at run time for all brokers (resource ''), as they were written. */
export function describeBrokerDefaultConfigs(
  dynamic: DynamicConfigs,
  query: DescribeConfigsQuery,
): readonly DescribedConfig[] {
  const own = configsOf(dynamic, { type: ConfigResourceType.BROKER, name: '' });
  return [...own]
    .filter(([name]) => isWanted(query, name))
    .map(([name, text]) => {
      const definition = brokerConfig(name);
      const secret = definition === undefined || definition.type === 'PASSWORD';
      const source = ConfigSource.DYNAMIC_DEFAULT_BROKER;
      const synonyms = [{ name, value: secret ? null : text, source }];
      const readOnly = isReadOnly(definition);
      return described(query, { name, definition, value: text, readOnly, synonyms });
    });
}

/** The configs of a group, which need not exist. */
export function describeGroupConfigs(
  broker: BrokerConfiguration,
  group: ConfigMap,
  query: DescribeConfigsQuery,
): readonly DescribedConfig[] {
  return [...groupConfigs.values()]
    .filter(({ name }) => isWanted(query, name))
    .map((definition) => {
      const { name, defaultValue } = definition;
      const value = groupValue(broker, group, name);
      const synonyms = [
        ...ownSynonym(definition, group, value, ConfigSource.GROUP),
        ...(brokerConfigs.has(`group.${name}`)
          ? brokerSynonyms(broker, `group.${name}`)
          : [{ name, value: defaultValue, source: ConfigSource.DEFAULT }]),
      ];
      return described(query, { name, definition, value, readOnly: false, synonyms });
    });
}

/** The configs of a client metrics subscription, which need not exist. */
export function describeClientMetricsConfigs(
  own: ConfigMap,
  query: DescribeConfigsQuery,
): readonly DescribedConfig[] {
  return [...clientMetricsConfigs.values()]
    .filter(({ name }) => isWanted(query, name))
    .map((definition) => {
      const { name, defaultValue } = definition;
      const parsed = parseValue(definition, own.get(name) ?? defaultValue ?? '');
      const value = 'value' in parsed ? parsed.value : null;
      const synonyms = ownSynonym(definition, own, value, ConfigSource.CLIENT_METRICS);
      return described(query, { name, definition, value, readOnly: false, synonyms });
    });
}
