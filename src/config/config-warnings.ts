import { nearestName } from '../nearest-name.ts';
import { brokerConfig } from './broker-config-names.ts';
import { brokerConfigs } from './broker-configs.ts';
import { brokerSettingNames } from './broker-settings.ts';
import type { ConfigMap } from './dynamic-configs.ts';
import { topicConfigs } from './topic-configs.ts';
import { topicSettingNames } from './topic-settings.ts';

/** Nothing acts on these: there are no files, and no index. */
const withoutEffect = [
  ...['file.delete.delay.ms', 'index.interval.bytes', 'segment.index.bytes'],
  'segment.jitter.ms',
];

const honoured = new Set([
  ...brokerSettingNames,
  'broker.id',
  ...topicSettingNames
    .filter((name) => !withoutEffect.includes(name))
    .flatMap((name) => topicConfigs.get(name)!.brokerSynonyms.map((synonym) => synonym.name)),
]);

/** Rooms that are still to be built; their configs wait for them. */
const comesLater = [
  { configs: /^(group\.)?share\./, what: 'share groups' },
  { configs: /^group\.streams\./, what: 'streams groups' },
];

/** One line for each broker config that is accepted and changes nothing, or that nobody knows. */
export function configWarnings(configs: ConfigMap): readonly string[] {
  return [...configs.keys()].flatMap((name): string[] => {
    if (brokerConfig(name) === undefined) {
      const nearest = nearestName(name, brokerConfigs.keys());
      const hint = nearest === null ? '' : `; did you mean '${nearest}'?`;
      return [`config '${name}' is unknown to Kafka 4.3${hint}`];
    }
    const later = comesLater.find(({ configs }) => configs.test(name));
    if (later !== undefined) {
      return [`config '${name}' has no effect yet: it waits for ${later.what}`];
    }
    return honoured.has(name) ? [] : [`config '${name}' has no effect in Odradek`];
  });
}
