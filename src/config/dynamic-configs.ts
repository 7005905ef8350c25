import type { ConfigResource, ConfigResourceType } from './config-resource.ts';

/** Configs as they travel: names and texts. */
export type ConfigMap = ReadonlyMap<string, string>;

/** One change of one config; a `config` record of the cluster's metadata is one of these. */
export interface ConfigChange {
  readonly resourceType: ConfigResourceType;
  readonly resourceName: string;
  readonly name: string;
  /** null: back to what the resource inherits. */
  readonly value: string | null;
}

/** All configs that were set at run time, by resource. Immutable. */
export interface DynamicConfigs {
  readonly byResource: ReadonlyMap<string, ConfigMap>;
}

const nothing: ConfigMap = new Map();
const keyOf = (type: ConfigResourceType, name: string): string => `${type} ${name}`;

export const noDynamicConfigs: DynamicConfigs = { byResource: new Map() };

/** What was set on this resource itself. */
export function configsOf(configs: DynamicConfigs, { type, name }: ConfigResource): ConfigMap {
  return configs.byResource.get(keyOf(type, name)) ?? nothing;
}

/** The configs after the changes. The outer map is copied once per call, so batch the changes. */
export function applyConfigChanges(
  configs: DynamicConfigs,
  changes: readonly ConfigChange[],
): DynamicConfigs {
  if (changes.length === 0) return configs;
  const changed = new Map<string, Map<string, string>>();
  for (const { resourceType, resourceName, name, value } of changes) {
    const key = keyOf(resourceType, resourceName);
    const own = changed.get(key) ?? new Map(configs.byResource.get(key));
    changed.set(key, own);
    if (value === null) own.delete(name);
    else own.set(name, value);
  }
  const byResource = new Map(configs.byResource);
  for (const [key, own] of changed) {
    if (own.size === 0) byResource.delete(key);
    else byResource.set(key, own);
  }
  return { byResource };
}

/** The configs without those of a resource that is no more. */
export function dropConfigResource(
  configs: DynamicConfigs,
  { type, name }: ConfigResource,
): DynamicConfigs {
  const key = keyOf(type, name);
  if (!configs.byResource.has(key)) return configs;
  const byResource = new Map(configs.byResource);
  byResource.delete(key);
  return { byResource };
}
