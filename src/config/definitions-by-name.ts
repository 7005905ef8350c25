import { assert } from '../assert.ts';
import type { ConfigDefinition } from './config-definition.ts';

/** A map that keeps the order: of several wrong values, Kafka reports the first defined. */
export function definitionsByName<Definition extends ConfigDefinition>(
  definitions: readonly Definition[],
): ReadonlyMap<string, Definition> {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  assert(byName.size === definitions.length, 'a config is defined twice');
  return byName;
}
