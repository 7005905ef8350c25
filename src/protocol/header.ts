import type { Api } from './api.ts';
import { MalformedFrame } from './malformed-frame.ts';
import { apiByKey } from './messages/index.ts';
import { Reader } from './reader.ts';
import { nullableString } from './types.ts';
import { Writer } from './writer.ts';

/** In the header a client id keeps its old two-byte length, also where the rest is flexible. */
const clientIdCodec = nullableString.at({ number: 1, flexible: false });

const API_VERSIONS = 18;

interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
}

/**
 * Reads the header of a frame (without its size) and leaves the reader at the body.
 * As in Kafka, a key or a version that is not served is a malformed frame; but ApiVersions passes
 * at any version, because that is how a client learns which there are (KIP-511). Bytes that are
 * left over after a body are nobody's business, Kafka's neither.
 */
export function readRequest(frame: Uint8Array): { header: RequestHeader; body: Reader } {
  const body = new Reader(frame);
  const apiKey = body.int16();
  const apiVersion = body.int16();
  const api = apiByKey(apiKey);
  if (api === undefined) throw new MalformedFrame(`API key ${apiKey} is not served`);
  const [first, last] = api.versions;
  if (apiKey !== API_VERSIONS && (apiVersion < first || apiVersion > last)) {
    throw new MalformedFrame(`${api.name} is not served at version ${apiVersion}`);
  }
  const correlationId = body.int32();
  const clientId = clientIdCodec.read(body);
  if (apiVersion >= api.flexible) skipTags(body);
  return { header: { apiKey, apiVersion, correlationId, clientId }, body };
}

/** A whole response frame, its size included. */
export function encodeResponse<S>(
  api: Api<unknown, S>,
  version: number,
  correlationId: number,
  body: NoInfer<S>,
): Uint8Array[] {
  const to = new Writer();
  to.int32(0);
  to.int32(correlationId);
  if (hasFlexibleResponseHeader(api, version)) to.uvarint(0);
  api.response(version).write(to, body);
  return to.finishFrame();
}

/** The client's side: a whole request frame, its size included. */
export function encodeRequest<Q>(
  api: Api<Q, unknown>,
  version: number,
  correlationId: number,
  clientId: string | null,
  body: NoInfer<Q>,
): Buffer {
  const to = new Writer();
  to.int32(0);
  to.int16(api.key);
  to.int16(version);
  to.int32(correlationId);
  clientIdCodec.write(to, clientId);
  if (version >= api.flexible) to.uvarint(0);
  api.request(version).write(to, body);
  return Buffer.concat(to.finishFrame());
}

/** The client's side: reads a response frame, without its size. */
export function decodeResponse<S>(
  api: Api<unknown, S>,
  version: number,
  frame: Uint8Array,
): { correlationId: number; body: S } {
  const from = new Reader(frame);
  const correlationId = from.int32();
  if (hasFlexibleResponseHeader(api, version)) skipTags(from);
  return { correlationId, body: api.response(version).read(from) };
}

/** A client knows no version before it has read ApiVersions: that header never grew tags. */
function hasFlexibleResponseHeader(api: Api<unknown, unknown>, version: number): boolean {
  return version >= api.flexible && api.key !== API_VERSIONS;
}

function skipTags(from: Reader): void {
  for (let left = from.uvarint(); left > 0; left--) {
    from.uvarint();
    from.skip(from.uvarint());
  }
}
