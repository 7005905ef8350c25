import { assert } from '../assert.ts';
import type { ConfigDefinition } from './config-definition.ts';

/** The definitions as a map that keeps their order; Kafka reports the first wrong one of several. */
export function definitionsByName<Definition extends ConfigDefinition>(
  definitions: readonly Definition[],
): ReadonlyMap<string, Definition> {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  assert(byName.size === definitions.length, 'a config is defined twice');
  return byName;
}
