import { brokerConfigs } from './broker-configs.ts';
import { ConfigResourceType } from './config-resource.ts';
import { ConfigError, invalidConfig, invalidRequest, type Refusal } from './refusal.ts';
import { topicConfigs } from './topic-configs.ts';

/** What IncrementalAlterConfigs can do to a config. */
export const ConfigOperation = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const;

interface Operation {
  readonly name: string;
  readonly configOperation: number;
  readonly value: string | null;
}

/** The elements as Java's `split` finds them: not trimmed, and without empty ones at the end. */
function elementsOf(text: string): readonly string[] {
  if (text === '') return [''];
  const elements = text.split(',');
  while (elements.at(-1) === '') elements.pop();
  return elements;
}

/** The elements of an operation joined to, or taken from, those of the text so far. */
function combine(before: string, { configOperation, value }: Operation): string {
  const elements = before === '' ? [] : elementsOf(before);
  const given = elementsOf(value ?? '');
  if (configOperation === ConfigOperation.SUBTRACT) {
    return elements.filter((element) => !given.includes(element)).join(',');
  }
  const added = given.filter((element) => !elements.includes(element));
  return [...elements, ...new Set(added)].join(',');
}

function notAList(type: ConfigResourceType, { name, configOperation }: Operation): Refusal {
  const verb = configOperation === ConfigOperation.APPEND ? 'append' : 'subtract';
  if (type !== ConfigResourceType.BROKER) {
    return invalidConfig(
      `Can't ${verb.toUpperCase()} to key ${name} because its type is not LIST.`,
    );
  }
  return brokerConfigs.has(name)
    ? invalidConfig(`Config value ${verb} is not allowed for config key: ${name}`)
    : invalidConfig(`Unknown config name: ${name}`);
}

/** An operation that is none ends in an error that Kafka did not foresee, except at a broker. */
const unknownOperation = (type: ConfigResourceType, { configOperation }: Operation): Refusal =>
  type === ConfigResourceType.BROKER
    ? invalidRequest(`Unknown operations type ${configOperation}`)
    : { errorCode: ConfigError.UNKNOWN_SERVER_ERROR, errorMessage: null };

/**
 * Does one operation to a resource's own configs, or says why not. A list that the resource does
 * not have is extended from Kafka's default, not from what a broker's configs make of it.
 */
export function applyOperation(
  configs: Map<string, string>,
  type: ConfigResourceType,
  operation: Operation,
): Refusal | undefined {
  const { name, configOperation, value } = operation;
  switch (configOperation) {
    case ConfigOperation.SET:
      configs.set(name, value ?? '');
      return undefined;
    case ConfigOperation.DELETE:
      configs.delete(name);
      return undefined;
    case ConfigOperation.APPEND:
    case ConfigOperation.SUBTRACT: {
      const definitions = {
        [ConfigResourceType.TOPIC]: topicConfigs,
        [ConfigResourceType.BROKER]: brokerConfigs,
      };
      const definition = type in definitions ? definitions[type as 2 | 4].get(name) : undefined;
      if (definition?.type !== 'LIST') return notAList(type, operation);
      configs.set(name, combine(configs.get(name) ?? definition.defaultValue ?? '', operation));
      return undefined;
    }
    default:
      return unknownOperation(type, operation);
  }
}
