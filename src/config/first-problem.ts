import type { ConfigDefinition } from './config-definition.ts';
import type { ConfigMap } from './dynamic-configs.ts';
import { parseValue } from './parse-value.ts';

/** The first wrong value, in the order of the definitions, in Kafka's words. */
export function firstProblem(
  definitions: Iterable<ConfigDefinition>,
  configs: ConfigMap,
): string | undefined {
  for (const definition of definitions) {
    const text = configs.get(definition.name);
    if (text === undefined) continue;
    const parsed = parseValue(definition, text);
    if ('problem' in parsed) return parsed.problem;
  }
  return undefined;
}
