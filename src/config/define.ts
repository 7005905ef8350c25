import type { ConfigDefinition, ConfigTypeName } from './config-definition.ts';

/** What sets a config apart from the ordinary one: read-only, honoured, without a validator. */
type Trait = Partial<ConfigDefinition>;
type Define = (
  name: string,
  defaultValue: string | null,
  ...traits: readonly Trait[]
) => ConfigDefinition;

const definer =
  (type: ConfigTypeName): Define =>
  (name, defaultValue, ...traits) => ({
    name,
    type,
    defaultValue,
    validator: null,
    dynamic: 'read-only',
    listenerScoped: false,
    topicConfig: null,
    use: 'honour',
    required: false,
    internal: false,
    hidden: false,
    ...Object.assign({}, ...traits),
  });

export const boolean = definer('BOOLEAN');
export const string = definer('STRING');
export const int = definer('INT');
export const short = definer('SHORT');
export const long = definer('LONG');
export const double = definer('DOUBLE');
export const list = definer('LIST');
export const className = definer('CLASS');
export const password = definer('PASSWORD');

export const clusterWide: Trait = { dynamic: 'cluster-wide' };
export const perBroker: Trait = { dynamic: 'per-broker' };
export const perListener: Trait = { listenerScoped: true };
export const report: Trait = { use: 'report' };
export const optional: Trait = { use: 'optional' };
export const required: Trait = { required: true };
export const internal: Trait = { internal: true, hidden: true };
export const hidden: Trait = { hidden: true };
export const fallbackOf = (topicConfig: string): Trait => ({
  topicConfig,
  dynamic: 'cluster-wide',
});

export const atLeast = (minimum: number): Trait => ({
  validator: { kind: 'range', minimum, maximum: null },
});
export const between = (minimum: number, maximum: number): Trait => ({
  validator: { kind: 'range', minimum, maximum },
});
export const oneOf = (...values: readonly string[]): Trait => ({
  validator: { kind: 'one-of', values, ignoreCase: false },
});
export const oneOfIgnoringCase = (...values: readonly string[]): Trait => ({
  validator: { kind: 'one-of', values, ignoreCase: true },
});
export const elements = (
  options: { readonly in?: readonly string[]; readonly mayBeEmpty?: boolean } = {},
): Trait => ({
  validator: {
    kind: 'elements',
    values: options.in ?? null,
    mayBeEmpty: options.mayBeEmpty ?? true,
  },
});
export const notEmpty: Trait = { validator: { kind: 'not-empty' } };
export const notNull: Trait = { validator: { kind: 'not-null' } };
