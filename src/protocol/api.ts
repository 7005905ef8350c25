import { assert } from '../assert.ts';
import { struct } from './struct.ts';
import type { Codec, Fields, Type, ValueOf } from './type.ts';

type Values<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** One Kafka API: its number, the versions that are served, and its two messages. */
export interface Api<Q, S> {
  readonly key: number;
  readonly name: string;
  /** First and last version that is served. */
  readonly versions: readonly [first: number, last: number];
  /** What ApiVersions says; the same but for Produce. */
  readonly advertised: readonly [first: number, last: number];
  /** The first version with compact lengths and tagged fields (KIP-482). */
  readonly flexible: number;
  readonly requestType: Type<Q>;
  readonly responseType: Type<S>;
  request(version: number): Codec<Q>;
  response(version: number): Codec<S>;
}

export type Request<A> = A extends Api<infer Q, unknown> ? Q : never;
export type Response<A> = A extends Api<unknown, infer S> ? S : never;

export function api<const Q extends Fields, const S extends Fields>(table: {
  key: number;
  name: string;
  versions: readonly [first: number, last: number];
  advertised?: readonly [first: number, last: number];
  flexible: number;
  request: Q;
  response: S;
}): Api<{ readonly [K in keyof Q]: ValueOf<Q[K]> }, { readonly [K in keyof S]: ValueOf<S[K]> }> {
  const { key, name, versions, advertised = versions, flexible } = table;
  const [first, last] = versions;
  const requestType: Type<Values<Q>> = struct(table.request);
  const responseType: Type<Values<S>> = struct(table.response);
  function byVersion<T>(type: Type<T>): (version: number) => Codec<T> {
    const codecs: Codec<T>[] = [];
    return (version) => {
      const known = codecs[version];
      if (known !== undefined) return known;
      assert(version >= first && version <= last, `${name} has no version ${version}`);
      const codec = type.at({ number: version, flexible: version >= flexible });
      codecs[version] = codec;
      return codec;
    };
  }
  return {
    key,
    name,
    versions,
    advertised,
    flexible,
    requestType,
    responseType,
    request: byVersion(requestType),
    response: byVersion(responseType),
  };
}
