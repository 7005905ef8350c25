import type { BrokerConfiguration } from './broker-configuration.ts';
import { ConfigSource } from './config-source.ts';
import type { ConfigMap } from './dynamic-configs.ts';
import { topicConfigs } from './topic-configs.ts';

/** A config in the answer to CreateTopics (KIP-525). */
interface CreatedTopicConfig {
  readonly name: string;
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly configSource: ConfigSource;
  readonly isSensitive: boolean;
}

const scaled = (text: string, factor: number): string =>
  factor === 1 ? text : String(BigInt(text.trim()) * BigInt(factor));

/**
 * The configs of a new topic. The controller answers them, and does so differently from what
 * DescribeConfigs says later: texts as they were given, and all synonyms of a layer count, so a
 * `log.retention.hours` of server.properties has source 4 here and 5 there.
 */
export function createdTopicConfigs(
  broker: BrokerConfiguration,
  topic: ConfigMap,
): readonly CreatedTopicConfig[] {
  const layers = [
    [broker.dynamicBroker, ConfigSource.DYNAMIC_BROKER],
    [broker.dynamicDefault, ConfigSource.DYNAMIC_DEFAULT_BROKER],
    [broker.static, ConfigSource.STATIC_BROKER],
  ] as const;
  return [...topicConfigs.values()]
    .filter(({ name, hidden }) => !hidden || topic.has(name))
    .map(({ name, brokerSynonyms, defaultValue }): CreatedTopicConfig => {
      const found = (value: string | null, configSource: ConfigSource) => ({
        ...{ name, value, readOnly: false, configSource, isSensitive: false },
      });
      const own = topic.get(name);
      if (own !== undefined) return found(own, ConfigSource.TOPIC);
      for (const [layer, source] of layers) {
        for (const synonym of brokerSynonyms) {
          const text = layer.get(synonym.name);
          if (text !== undefined) return found(scaled(text, synonym.factor), source);
        }
      }
      return found(defaultValue, ConfigSource.DEFAULT);
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
