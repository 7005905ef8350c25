import type { ConfigDefinition } from './config-definition.ts';
import { elements, int, list } from './define.ts';
import { definitionsByName } from './definitions-by-name.ts';

/** Every config of a client metrics subscription (KIP-714). */
export const clientMetricsConfigs: ReadonlyMap<string, ConfigDefinition> = definitionsByName([
  list('metrics', '', elements()),
  int('interval.ms', '300000'),
  list('match', '', elements()),
]);
