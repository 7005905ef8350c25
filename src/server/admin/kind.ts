import { show } from '../check-names.ts';

/** The part of JSON Schema that is needed here. */
export interface Schema {
  readonly type?: 'integer' | 'number' | 'string' | 'boolean' | 'array' | 'object' | 'null';
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | false;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
}

/** A type of JSON values, for the compiler and for everybody else. */
export interface Kind<T> {
  readonly schema: Schema;
  /** Only there for the compiler. */
  readonly example?: T;
}

export const whole: Kind<number> = { schema: { type: 'integer', minimum: 0 } };
/** -1 and the like, too. */
export const integer: Kind<number> = { schema: { type: 'integer' } };
export const probability: Kind<number> = {
  schema: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
};
export const text: Kind<string> = { schema: { type: 'string' } };
export const flag: Kind<boolean> = { schema: { type: 'boolean' } };

export const oneOf = <const T extends string>(values: readonly T[]): Kind<T> => ({
  schema: { type: 'string', enum: values },
});

export const listOf = <T>({ schema }: Kind<T>): Kind<readonly T[]> => ({
  schema: { type: 'array', items: schema },
});

export const either = <A, B>(one: Kind<A>, other: Kind<B>): Kind<A | B> => ({
  schema: { anyOf: [one.schema, other.schema] },
});

export const nullable = <T>({ schema }: Kind<T>): Kind<T | null> => ({
  schema: { anyOf: [schema, { type: 'null' }] },
});

export const mapOf = <T>({ schema }: Kind<T>): Kind<Readonly<Record<string, T>>> => ({
  schema: { type: 'object', additionalProperties: schema },
});

/** All of these properties and no others. */
export const object = <T>(properties: { readonly [K in keyof T]-?: Kind<T[K]> }): Kind<T> => {
  const entries = Object.entries<Kind<unknown>>(properties);
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
      required: entries.map(([name]) => name),
      additionalProperties: false,
    },
  };
};

/** What a schema asks for, in words. */
function describe({ type, enum: values, minimum, items, anyOf }: Schema): string {
  if (anyOf !== undefined) return anyOf.map(describe).join(' or ');
  if (values !== undefined) return values.join(' or ');
  switch (type) {
    case 'integer':
      return minimum === undefined ? 'a whole number' : `a whole number from ${minimum} on`;
    case 'number':
      return 'a number from 0 to below 1';
    case 'array':
      return `a list, each ${describe(items!)}`;
    case 'boolean':
      return 'true or false';
    case 'object':
      return 'an object of names and values';
    default:
      return `a ${type}`;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function matches(schema: Schema, value: unknown): boolean {
  const { type, enum: values, minimum = -Infinity, exclusiveMaximum = Infinity } = schema;
  if (schema.anyOf !== undefined) return schema.anyOf.some((each) => matches(each, value));
  switch (type) {
    case 'integer':
    case 'number': {
      const isNumber = type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
      return isNumber && Number(value) >= minimum && Number(value) < exclusiveMaximum;
    }
    case 'array':
      return Array.isArray(value) && value.every((each) => matches(schema.items!, each));
    case 'object':
      return isObject(value) && matchesObject(schema, value);
    case 'null':
      return value === null;
    default:
      return typeof value === type && (values === undefined || values.includes(String(value)));
  }
}

function matchesObject(schema: Schema, value: Record<string, unknown>): boolean {
  const { properties = {}, required = [], additionalProperties = false } = schema;
  return (
    required.every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, each]) => {
      const own = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      return own !== undefined && own !== false && matches(own, each);
    })
  );
}

/** What is wrong with a value, in words. */
export function problemOf({ schema }: Kind<unknown>, value: unknown): string | undefined {
  if (matches(schema, value)) return undefined;
  const shown = isObject(value) || Array.isArray(value) ? JSON.stringify(value) : show(value);
  return `must be ${describe(schema)}, not ${shown}`;
}

/** A value as it stands in a path or on a command line; what it is not is left for `problemOf`. */
export function fromText({ schema }: Kind<unknown>, given: string): unknown {
  const { type, items, anyOf } = schema;
  if (anyOf !== undefined) {
    const values = anyOf.map((each) => fromText({ schema: each }, given));
    return values.find((value, index) => matches(anyOf[index]!, value)) ?? given;
  }
  if (type === 'array') return given.split(',').map((each) => fromText({ schema: items! }, each));
  const isNumber = (type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(given);
  return isNumber ? Number(given) : given;
}
