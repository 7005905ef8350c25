import { apis } from '../../src/protocol/messages/index.ts';
import { Reader } from '../../src/protocol/reader.ts';
import type { Codec, Type, Version } from '../../src/protocol/type.ts';
import { Writer } from '../../src/protocol/writer.ts';

interface MessageAtVersion {
  /** As in "Fetch request v12". */
  readonly title: string;
  readonly version: Version;
  readonly type: Type<unknown>;
  readonly codec: Codec<unknown>;
}

/** Both messages of every API at every version that is served. */
export const everyMessage: readonly MessageAtVersion[] = Object.values(apis).flatMap((api) => {
  const [first, last] = api.versions;
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return numbers.flatMap((number) => {
    const version = { number, flexible: number >= api.flexible };
    const { name, requestType, responseType } = api;
    return [
      { title: `${name} request v${number}`, type: requestType, codec: api.request(number) },
      { title: `${name} response v${number}`, type: responseType, codec: api.response(number) },
    ].map((message): MessageAtVersion => ({ ...message, version }));
  });
});

export function encode<T>(codec: Codec<T>, value: T): Buffer {
  const to = new Writer();
  codec.write(to, value);
  return Buffer.concat(to.finish());
}

/** Reads a value that is expected to take all of the bytes. */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const from = new Reader(bytes);
  const value = codec.read(from);
  if (from.remaining > 0) throw new Error(`${from.remaining} bytes left over`);
  return value;
}
