import { type NamedField, structCodec } from './struct-codec.ts';
import type {
  Codec,
  Description,
  Field,
  Fields,
  NullableType,
  Type,
  ValueOf,
  Version,
} from './type.ts';

/** Carried by versions `first` to `last`; at others it reads as `absent` and is not written. */
export function between<T>(
  first: number,
  last: number,
  type: Type<T>,
  absent: NoInfer<T>,
): Field<T> {
  return { type, first, last, absent, tag: null };
}

export function since<T>(first: number, type: Type<T>, absent: NoInfer<T>): Field<T> {
  return between(first, Infinity, type, absent);
}

export function until<T>(last: number, type: Type<T>, absent: NoInfer<T>): Field<T> {
  return between(0, last, type, absent);
}

/** Always there; `absent` is what Kafka takes for granted where nobody says otherwise. */
export function withDefault<T>(type: Type<T>, absent: NoInfer<T>): Field<T> {
  return between(0, Infinity, type, absent);
}

/**
 * A tagged field (KIP-482): from version `first` on, sent when it differs from `absent`.
 * An absent struct is null; to Kafka that is a struct of nothing but defaults.
 */
export function tagged<T>(tag: number, first: number, type: Type<T>, absent: NoInfer<T>): Field<T>;
export function tagged<T>(tag: number, first: number, type: Type<T>, absent: null): Field<T | null>;
export function tagged<T>(
  tag: number,
  first: number,
  type: Type<T>,
  absent: T | null,
): Field<T | null> {
  return { type, first, last: Infinity, absent, tag };
}

/** Nothing of a table is worked out before somebody needs it: a start reads hundreds of them. */
export function struct<const F extends Fields>(
  table: F,
): NullableType<{ readonly [K in keyof F]: ValueOf<F[K]> }> {
  type Value = { readonly [K in keyof F]: ValueOf<F[K]> };
  let known: readonly NamedField[] | undefined;
  const fields = () => {
    known ??= Object.entries(table).map(([name, entry]) => ({
      name,
      ...('at' in entry ? withDefault(entry, entry.zero) : entry),
    }));
    return known;
  };
  const at = (version: Version) => structCodec(fields(), version) as Codec<unknown> as Codec<Value>;
  return {
    get description(): Description {
      const described = fields().map((field) => ({ ...field, type: field.type.description }));
      return { kind: 'struct', fields: described };
    },
    get zero() {
      return Object.fromEntries(fields().map(({ name, absent }) => [name, absent])) as Value;
    },
    at,
    atNullable(version) {
      const codec = at(version);
      return {
        minimumBytes: 1,
        // One byte says whether it is there; Kafka takes any negative one for null.
        read: (from) => (from.int8() < 0 ? null : codec.read(from)),
        write(to, value) {
          to.int8(value === null ? -1 : 1);
          if (value !== null) codec.write(to, value);
        },
      };
    },
  };
}
