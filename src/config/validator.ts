import type { ConfigTypeName } from './config-definition.ts';
import type { ConfigValue } from './config-value.ts';
import { formatValue } from './format-value.ts';
import { isShareAutoOffsetReset } from './share-auto-offset-reset.ts';

/** What else is asked of a value that has the right type. */
export type Validator =
  | { readonly kind: 'range'; readonly minimum: number; readonly maximum: number | null }
  | { readonly kind: 'one-of'; readonly values: readonly string[]; readonly ignoreCase: boolean }
  | {
      readonly kind: 'elements';
      /** null: any. */
      readonly values: readonly string[] | null;
      readonly mayBeEmpty: boolean;
    }
  | { readonly kind: 'not-empty' }
  | { readonly kind: 'not-null' }
  | { readonly kind: 'gzip-level' }
  | { readonly kind: 'throttled-replicas' }
  | { readonly kind: 'share-auto-offset-reset' }
  | { readonly kind: 'quorum-voters' }
  | { readonly kind: 'hosts-and-ports' };

export const invalidValue = (name: string, value: string, why: string): string =>
  `Invalid value ${value} for configuration ${name}: ${why}`;

interface Subject {
  readonly name: string;
  readonly type: ConfigTypeName;
}

type Check<Kind extends Validator['kind']> = (
  subject: Subject,
  value: ConfigValue,
  validator: Extract<Validator, { kind: Kind }>,
) => string | undefined;

const numeric = (value: ConfigValue): number | undefined =>
  typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;

const listOf = (value: ConfigValue): readonly string[] => (Array.isArray(value) ? value : []);

const checkRange: Check<'range'> = ({ name, type }, value, { minimum, maximum }) => {
  const number = numeric(value);
  if (number === undefined) return undefined;
  const shown = formatValue(type, value);
  if (number < minimum) {
    return invalidValue(name, shown, `Value must be at least ${minimum}`);
  }
  if (maximum !== null && number > maximum) {
    return invalidValue(name, shown, `Value must be no more than ${maximum}`);
  }
  return undefined;
};

const checkOneOf: Check<'one-of'> = ({ name }, value, { values, ignoreCase }) => {
  if (typeof value !== 'string') return undefined;
  const found = ignoreCase
    ? values.some((known) => known.toLowerCase() === value.toLowerCase())
    : values.includes(value);
  if (found) return undefined;
  const how = ignoreCase ? 'one of (case insensitive)' : 'one of';
  return invalidValue(name, value, `String must be ${how}: ${values.join(', ')}`);
};

const checkElements: Check<'elements'> = ({ name }, value, { values, mayBeEmpty }) => {
  const list = listOf(value);
  if (list.length === 0 && !mayBeEmpty) {
    const known = values === null ? 'any non-empty value' : `[${values.join(', ')}]`;
    return `Configuration '${name}' must not be empty. Valid values include: ${known}`;
  }
  if (list.includes('')) return `Configuration '${name}' values must not be empty.`;
  const stranger = values === null ? undefined : list.find((element) => !values.includes(element));
  if (stranger === undefined) return undefined;
  return invalidValue(name, stranger, `String must be one of: ${(values ?? []).join(', ')}`);
};

const checkNotEmpty: Check<'not-empty'> = ({ name }, value) =>
  value === '' ? invalidValue(name, '', 'String must be non-empty') : undefined;

const checkGzipLevel: Check<'gzip-level'> = ({ name }, value) => {
  const level = numeric(value);
  if (level === undefined || level === -1 || (level >= 1 && level <= 9)) return undefined;
  return invalidValue(name, String(level), 'Value must be between 1 and 9 or equal to -1');
};

const throttledForm = '[partitionId]:[brokerId],[partitionId]:[brokerId],...';
const checkThrottledReplicas: Check<'throttled-replicas'> = ({ name }, value) => {
  const list = listOf(value);
  if (list.length === 1 && list[0] === '*') return undefined;
  if (list.every((replica) => /^\d+:\d+$/.test(replica))) return undefined;
  const why = `must be the literal '*' or a list of replicas in the following format:`;
  return invalidValue(name, `[${list.join(', ')}]`, `${name} ${why} ${throttledForm}`);
};

const checkShareAutoOffsetReset: Check<'share-auto-offset-reset'> = ({ name }, value) => {
  if (typeof value !== 'string' || isShareAutoOffsetReset(value)) return undefined;
  const why = `Invalid value \`${value}\` for configuration ${name}. The value must be either`;
  const forms = "'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.";
  return invalidValue(name, value, `${why} ${forms}`);
};

const checkQuorumVoters: Check<'quorum-voters'> = ({ name }, value) =>
  listOf(value).every((voter) => /^\d+@.+:\d+$/.test(voter))
    ? undefined
    : `Invalid configuration value for ${name}. ` +
      'Each entry should be in the form `{id}@{host}:{port}`.';

const checkHostsAndPorts: Check<'hosts-and-ports'> = ({ name }, value) => {
  const stranger = listOf(value).find((host) => !/^.+:\d+$/.test(host));
  if (stranger === undefined) return undefined;
  const form = 'Each entry should be in the form "{host}:{port}"';
  return `Failed to parse host name from ${stranger} for the configuration ${name}. ${form}`;
};

const checks: { readonly [Kind in Validator['kind']]: Check<Kind> } = {
  range: checkRange,
  'one-of': checkOneOf,
  elements: checkElements,
  'not-empty': checkNotEmpty,
  'not-null': () => undefined,
  'gzip-level': checkGzipLevel,
  'throttled-replicas': checkThrottledReplicas,
  'share-auto-offset-reset': checkShareAutoOffsetReset,
  'quorum-voters': checkQuorumVoters,
  'hosts-and-ports': checkHostsAndPorts,
};

/** What is wrong with a value of the right type, in the words of Kafka's answer, or undefined. */
export function validate<Kind extends Validator['kind']>(
  subject: Subject,
  value: ConfigValue,
  validator: Extract<Validator, { kind: Kind }>,
): string | undefined {
  return checks[validator.kind as Kind](subject, value, validator);
}
