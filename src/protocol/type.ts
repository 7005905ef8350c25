import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

export interface Version {
  readonly number: number;
  /** From some version on a message has compact lengths and tagged fields (KIP-482). */
  readonly flexible: boolean;
}

/** How a type is read and written at one version. */
export interface Codec<T> {
  /** The least number of bytes a value takes. */
  readonly minimumBytes: number;
  read(from: Reader): T;
  write(to: Writer, value: T): void;
}

/** A wire type: resolved to a codec once per version; after that nothing asks for the version. */
export interface Type<T> {
  readonly description: Description;
  /** The value of an absent field that names no other. */
  readonly zero: T;
  at(version: Version): Codec<T>;
}

/** A type that has a way to say null. */
export interface NullableType<T> extends Type<T> {
  atNullable(version: Version): Codec<T | null>;
}

/** What stands in a struct: a type, the versions that carry it, and what its absence means. */
export interface Field<T> {
  readonly type: Type<unknown>;
  readonly first: number;
  readonly last: number;
  readonly absent: T;
  /** The number of a field that is sent only when it differs from `absent`. */
  readonly tag: number | null;
}

/** A type as data, to be walked by tests, generators and documentation. */
export type Description =
  | { readonly kind: Scalar }
  | { readonly kind: 'array'; readonly of: Description }
  | { readonly kind: 'nullable'; readonly first: number; readonly of: Description }
  | { readonly kind: 'struct'; readonly fields: readonly FieldDescription[] };

export type Scalar =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'int64'
  | 'uuid'
  | 'string'
  | 'bytes'
  | 'records';

export interface FieldDescription {
  readonly name: string;
  readonly type: Description;
  readonly first: number;
  readonly last: number;
  readonly absent: unknown;
  readonly tag: number | null;
}

export type Fields = Readonly<Record<string, Type<unknown> | Field<unknown>>>;

/** The value that a table's entry stands for. */
export type ValueOf<X> = X extends Field<infer T> ? T : X extends Type<infer T> ? T : never;
