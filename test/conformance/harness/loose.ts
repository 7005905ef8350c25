import type { Type } from '../../../src/protocol/type.ts';

/**
 * A message in which any field may be left out: it then gets the default of Kafka's own definition.
 */
export type Loose<T> = T extends Uint8Array | string | number | boolean | null
  ? T
  : T extends readonly (infer Element)[]
    ? readonly Loose<Element>[]
    : { readonly [Name in keyof T]?: Loose<T[Name]> };

type Description = Type<unknown>['description'];

/** Puts the defaults in. */
export function fill<T>(type: Type<T>, value: Loose<T>): T {
  return filled(type.description, value) as T;
}

function filled(description: Description, value: unknown): unknown {
  if (value === null) return null;
  switch (description.kind) {
    case 'nullable':
      return filled(description.of, value);
    case 'array':
      return (value as readonly unknown[]).map((element) => filled(description.of, element));
    case 'struct': {
      const given = value as Readonly<Record<string, unknown>>;
      for (const name of Object.keys(given)) {
        if (!description.fields.some((field) => field.name === name)) {
          throw new Error(`the message has no field ${name}`);
        }
      }
      return Object.fromEntries(
        description.fields.map(({ name, type, absent }) => [
          name,
          given[name] === undefined ? absent : filled(type, given[name]),
        ]),
      );
    }
    default:
      return value;
  }
}
