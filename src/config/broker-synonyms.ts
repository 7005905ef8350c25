import { brokerConfig, brokerConfigSynonyms } from './broker-config-names.ts';
import { brokerConfigs } from './broker-configs.ts';
import type { BrokerConfiguration } from './broker-configuration.ts';
import { ConfigSource } from './config-source.ts';
import { formatValue } from './format-value.ts';
import { parseValue } from './parse-value.ts';

export interface DescribedSynonym {
  readonly name: string;
  /** null: sensitive. */
  readonly value: string | null;
  readonly source: ConfigSource;
}

function defaultText(name: string): string | null {
  const definition = brokerConfigs.get(name);
  if (definition === undefined || definition.defaultValue === null) return null;
  // the replication throttles can be set at run time only, so they have no default to fall back on
  if (definition.hidden && definition.dynamic !== 'read-only') return null;
  const parsed = parseValue(definition, definition.defaultValue);
  return 'value' in parsed ? formatValue(definition.type, parsed.value) : null;
}

/**
 * All values that were ever given for a broker config, the one in force first. Kafka leaves out
 * what stands before the first mention of the name itself, so a `log.retention.hours` of
 * server.properties is not a synonym of `log.retention.ms` as long as that one is not set.
 */
export function brokerSynonyms(
  broker: BrokerConfiguration,
  name: string,
): readonly DescribedSynonym[] {
  const definition = brokerConfig(name);
  const isSensitive = definition === undefined || definition.type === 'PASSWORD';
  const names = brokerConfigSynonyms(name);
  const layers = [
    { source: ConfigSource.DYNAMIC_BROKER, textOf: (key: string) => broker.dynamicBroker.get(key) },
    {
      source: ConfigSource.DYNAMIC_DEFAULT_BROKER,
      textOf: (key: string) => broker.dynamicDefault.get(key),
    },
    { source: ConfigSource.STATIC_BROKER, textOf: (key: string) => broker.static.get(key) },
    { source: ConfigSource.DEFAULT, textOf: (key: string) => defaultText(key) ?? undefined },
  ];
  const synonyms = layers.flatMap(({ source, textOf }) =>
    names.flatMap((key) => {
      const text = textOf(key);
      return text === undefined ? [] : [{ name: key, value: isSensitive ? null : text, source }];
    }),
  );
  const first = synonyms.findIndex((synonym) => synonym.name === name);
  return first < 0 ? [] : synonyms.slice(first);
}
