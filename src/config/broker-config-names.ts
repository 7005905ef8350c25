import { brokerConfigs } from './broker-configs.ts';
import type { ConfigDefinition } from './config-definition.ts';
import { topicConfigs } from './topic-configs.ts';

/** Configs that say the same in other units, the strongest first; most configs stand alone. */
const alternatives = new Map<string, readonly string[]>(
  [...brokerConfigs.keys()].map((name) => [name, [name]]),
);
for (const { brokerSynonyms } of topicConfigs.values()) {
  const names = brokerSynonyms.map(({ name }) => name);
  for (const name of names) alternatives.set(name, names);
}

const listenerPrefix = /^listener\.name\.[^.]+\.(.+)$/;

/** `ssl.keystore.type` of `listener.name.external.ssl.keystore.type`; undefined without prefix. */
function withoutListener(name: string): string | undefined {
  return listenerPrefix.exec(name)?.[1];
}

/** A broker config by its name, which may carry a listener and, behind it, a SASL mechanism. */
export function brokerConfig(name: string): ConfigDefinition | undefined {
  const exact = brokerConfigs.get(name);
  if (exact !== undefined) return exact;
  const base = withoutListener(name);
  if (base === undefined) return undefined;
  const definition = brokerConfigs.get(base) ?? brokerConfigs.get(base.replace(/^[^.]+\./, ''));
  return definition && { ...definition, name, dynamic: 'read-only', listenerScoped: false };
}

/** The names whose values decide about this one, itself among them. */
export function brokerConfigSynonyms(name: string): readonly string[] {
  const known = alternatives.get(name);
  if (known !== undefined) return known;
  const base = withoutListener(name);
  return base === undefined ? [name] : [name, base];
}
