interface HeaderFields {
  readonly apiKey: number;
  readonly version: number;
  readonly correlationId: number;
  readonly clientId?: string;
  /** Header version 2: an empty section of tagged fields at the end. */
  readonly flexible?: boolean;
}

/** Puts the four bytes of size in front. `claimedSize` says something else than the truth. */
export function frameOf(content: Uint8Array, claimedSize = content.length): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(claimedSize, 0);
  return Buffer.concat([size, content]);
}

/** A request header: what comes first in a frame, for requests that are wrong on purpose. */
export function requestHeader(fields: HeaderFields): Buffer {
  const clientId = Buffer.from(fields.clientId ?? 'conformance');
  const bytes = Buffer.alloc(10);
  bytes.writeInt16BE(fields.apiKey, 0);
  bytes.writeInt16BE(fields.version, 2);
  bytes.writeInt32BE(fields.correlationId, 4);
  bytes.writeInt16BE(clientId.length, 8);
  return Buffer.concat([bytes, clientId, Buffer.alloc(fields.flexible ? 1 : 0)]);
}
