import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Api } from '../../src/protocol/api.ts';
import {
  decodeResponse,
  encodeRequest,
  encodeResponse,
  readRequest,
} from '../../src/protocol/header.ts';
import { apiByKey, apis } from '../../src/protocol/messages/index.ts';

// Frames between real clients and real Kafka: test/fixtures/README.md.

type Captured = readonly [key: number, version: number, side: 'request' | 'response', hex: string];

interface Capture {
  readonly origin: string;
  readonly frames: readonly Captured[];
}

const folder = fileURLToPath(new URL('../fixtures/frames/', import.meta.url));

const captures = readdirSync(folder).map((file) => ({
  file,
  ...(JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as Capture),
}));

/** APIs of later versions of Odradek are in the captures already. */
const isServed = ([key]: Captured): boolean => apiByKey(key) !== undefined;

function again([key, version, side, hex]: Captured): string {
  const api: Api<unknown, unknown> = apiByKey(key)!;
  const frame = Buffer.from(hex, 'hex');
  if (side === 'request') {
    const { header, body } = readRequest(frame);
    expect(header).toMatchObject({ apiKey: key, apiVersion: version });
    const message = api.request(version).read(body);
    expect(body.remaining).toBe(0);
    return encodeRequest(api, version, header.correlationId, header.clientId, message)
      .subarray(4)
      .toString('hex');
  }
  const { correlationId, body } = decodeResponse(api, version, frame);
  return Buffer.concat(encodeResponse(api, version, correlationId, body))
    .subarray(4)
    .toString('hex');
}

describe.each(captures)('$file: $origin', ({ frames }) => {
  test.each(frames.filter(isServed))(
    'API %d v%d %s is read and written again, byte for byte',
    (...captured) => expect(again(captured)).toBe(captured[3]),
  );
});

test('the captures have every API at every version, both ways', () => {
  const seen = new Set(
    captures.flatMap(({ frames }) =>
      frames.map(([key, version, side]) => `${key} ${version} ${side}`),
    ),
  );
  const missing = Object.values(apis).flatMap(({ key, name, versions: [first, last] }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index).flatMap((version) =>
      ['request', 'response']
        .filter((side) => !seen.has(`${key} ${version} ${side}`))
        .map((side) => `${name} v${version} ${side}`),
    ),
  );
  expect(missing).toEqual([]);
});
