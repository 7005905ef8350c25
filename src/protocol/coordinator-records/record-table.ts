import { struct } from '../struct.ts';
import type { Codec, Fields, Type, ValueOf } from '../type.ts';

type Values<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** One kind of record of `__consumer_offsets`: its number, its key and its value. */
export interface RecordTable<K, V> {
  /** The number that a key begins with. */
  readonly number: number;
  readonly versions: readonly [first: number, last: number];
  /** The first version with compact lengths and tagged fields (KIP-482). Keys have neither. */
  readonly flexible: number;
  readonly keyType: Type<K>;
  readonly valueType: Type<V>;
  key(): Codec<K>;
  value(version: number): Codec<V>;
  /** The version at which Kafka writes a value: the oldest that carries it is not always it. */
  writtenAt(value: V): number;
}

export function record<const K extends Fields, const V extends Fields>(table: {
  number: number;
  versions?: readonly [first: number, last: number];
  flexible?: number;
  key: K;
  value: V;
  writtenAt?: (value: Values<V>) => number;
}): RecordTable<Values<K>, Values<V>> {
  const { number, versions = [0, 0], flexible = 0, writtenAt = () => versions[1] } = table;
  const keyType: Type<Values<K>> = struct(table.key);
  const valueType: Type<Values<V>> = struct(table.value);
  let keys: Codec<Values<K>> | undefined;
  const values: Codec<Values<V>>[] = [];
  return {
    number,
    versions,
    flexible,
    keyType,
    valueType,
    key() {
      keys ??= keyType.at({ number: 0, flexible: false });
      return keys;
    },
    value(version) {
      values[version] ??= valueType.at({ number: version, flexible: version >= flexible });
      return values[version];
    },
    writtenAt,
  };
}
