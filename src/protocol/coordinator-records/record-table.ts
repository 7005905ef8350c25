import { MalformedFrame } from '../malformed-frame.ts';
import { Reader } from '../reader.ts';
import { struct } from '../struct.ts';
import type { Codec, Fields, Type, ValueOf } from '../type.ts';
import { Writer } from '../writer.ts';

type Values<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** One kind of record of an internal topic: its number, its key and its value. */
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

export interface EncodedRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

/** Both begin with a number: the key with that of its kind, the value with its version. */
export function encodeWith<K, V>(
  table: RecordTable<K, V>,
  key: K,
  value: V | null,
  version = value === null ? 0 : table.writtenAt(value),
): EncodedRecord {
  const keyBytes = numbered(table.number, (to) => table.key().write(to, key));
  if (value === null) return { key: keyBytes, value: null };
  return { key: keyBytes, value: numbered(version, (to) => table.value(version).write(to, value)) };
}

/** The number that a key begins with. */
export const recordNumber = (key: Uint8Array): number => new Reader(key).int16();

/** A record whose key begins with the number of `table`. */
export function decodeWith<K, V>(
  table: RecordTable<K, V>,
  keyBytes: Uint8Array,
  valueBytes: Uint8Array | null,
): { readonly key: K; readonly value: V | null } {
  const fromKey = new Reader(keyBytes);
  fromKey.int16();
  const key = table.key().read(fromKey);
  if (valueBytes === null) return { key, value: null };
  const fromValue = new Reader(valueBytes);
  const version = fromValue.int16();
  const [first, last] = table.versions;
  if (version < first || version > last) {
    throw new MalformedFrame(`record ${table.number} of version ${version}`);
  }
  return { key, value: table.value(version).read(fromValue) };
}

function numbered(number: number, write: (to: Writer) => void): Uint8Array {
  const to = new Writer();
  to.int16(number);
  write(to);
  return Buffer.concat(to.finish());
}
