import { describe, expect, test } from 'vitest';
import { framed } from '../server/framed.ts';
import { startTarget, type Verdict, verdictOn } from './target.ts';

const int8 = (value: number) => Buffer.from([value & 255]);
const int16 = (value: number) => Buffer.from([(value >> 8) & 255, value & 255]);
function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
const string = (text: string) => Buffer.concat([int16(text.length), Buffer.from(text)]);
const bytes = (...parts: Buffer[]) => Buffer.concat(parts);

const clientId = string('hostile');
const header = (apiKey: number, version: number) =>
  bytes(int16(apiKey), int16(version), int32(7), clientId);
const request = (apiKey: number, version: number, ...body: Buffer[]) =>
  framed(bytes(header(apiKey, version), ...body));

const produce = 0;
const fetch = 1;
const metadata = 3;
const apiVersions = 18;
const createTopics = 19;

/** acks and what follows of a Produce v3 to one partition. */
const produced = (acks: number, topic: string, records: Buffer) =>
  bytes(int16(-1), int16(acks), int32(1000), int32(1), string(topic), int32(1), int32(0), records);

type Case = readonly [what: string, bytes: Buffer, verdict: Verdict];

const lengths: readonly Case[] = [
  ['a length of -1', int32(-1), 'closes'],
  ['the least length', int32(-(2 ** 31)), 'closes'],
  ['a length above socket.request.max.bytes', int32(104_857_601), 'closes'],
  ['the largest length', int32(2 ** 31 - 1), 'closes'],
  ['the largest allowed length, and little of it', bytes(int32(104_857_600), int16(0)), 'waits'],
  ['an empty frame', int32(0), 'closes'],
  ['a frame of one byte', framed(int8(0)), 'closes'],
  ['half a header', framed(bytes(int16(metadata), int16(4), int16(0))), 'closes'],
  ['part of a length', Buffer.from([0, 0]), 'waits'],
  ['a browser', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), 'closes'],
  ['TLS', Buffer.from('16030100f8010000f40303', 'hex'), 'closes'],
];

const keys: readonly Case[] = [
  ['an unknown API', request(999, 0), 'closes'],
  ['API -1', request(-1, 0), 'closes'],
  ['an API of brokers only: LeaderAndIsr', request(4, 0), 'closes'],
  ['an API of controllers only: Vote', request(52, 0), 'closes'],
  ['Metadata at an unknown version', request(metadata, 99), 'closes'],
  ['Metadata at version -1', request(metadata, -1), 'closes'],
  ['Produce at a version that is advertised and gone', request(produce, 2), 'closes'],
  ['ApiVersions at an unknown version', request(apiVersions, 99, int8(0)), 'answers'],
  ['ApiVersions at an unknown version without tags', request(apiVersions, 99), 'closes'],
  ['ApiVersions at version -1', request(apiVersions, -1), 'answers'],
];

const bodies: readonly Case[] = [
  ['no body', request(metadata, 4), 'closes'],
  ['bytes after the body', request(apiVersions, 0, Buffer.alloc(100)), 'answers'],
  [
    'a client id of length -2',
    framed(bytes(int16(apiVersions), int16(0), int32(7), int16(-2))),
    'answers',
  ],
  [
    'a client id that is longer than the frame',
    framed(bytes(int16(apiVersions), int16(0), int32(7), int16(99))),
    'closes',
  ],
  [
    'a client id that is no UTF-8',
    framed(bytes(int16(apiVersions), int16(0), int32(7), int16(2), int16(-1))),
    'answers',
  ],
  [
    'a string that is longer than the frame',
    request(metadata, 4, int32(1), int16(32_767), int8(1)),
    'closes',
  ],
  ['a null where none may be', request(metadata, 4, int32(1), int16(-1), int8(1)), 'closes'],
  ['an array of 2^31-1', request(metadata, 4, int32(2 ** 31 - 1), int8(1)), 'closes'],
  ['an array of 100 million', request(metadata, 4, int32(100_000_000), int8(1)), 'closes'],
  ['an array of -2', request(metadata, 4, int32(-2), int8(1)), 'answers'],
  [
    'an array of -1 where none may be null',
    request(createTopics, 2, int32(-1), int32(0), int8(0)),
    'closes',
  ],
  ['arrays in arrays, each of a million', request(fetch, 4, fetchOf(1_000_000)), 'closes'],
  ['a compact array of 2^32-2', request(metadata, 9, Buffer.from('00ffffffff0f', 'hex')), 'closes'],
  ['a length in six bytes', request(metadata, 9, Buffer.from('00ffffffffff01', 'hex')), 'closes'],
  [
    'a length of a thousand million tags',
    request(metadata, 9, Buffer.from('80e0b6dc03', 'hex')),
    'closes',
  ],
  ['an unknown tag', request(metadata, 9, Buffer.from('016302abcd0101000000', 'hex')), 'answers'],
  [
    'a tag that is longer than the frame',
    request(metadata, 9, Buffer.from('01637fabcd', 'hex')),
    'closes',
  ],
  [
    'the same tag twice',
    request(metadata, 9, Buffer.from('02630063000001000000', 'hex')),
    'answers',
  ],
];

/** At null records Kafka's handler fails, and nobody is ever answered on that connection. */
const nullRecords: Verdict = process.env.KAFKA_BOOTSTRAP ? 'waits' : 'answers';

const records: readonly Case[] = [
  ['acks of 2', request(produce, 3, produced(2, 'orders', int32(0))), 'answers'],
  ['records that are null', request(produce, 3, produced(1, 'orders', int32(-1))), nullRecords],
  ['records of length -2', request(produce, 3, produced(1, 'orders', int32(-2))), nullRecords],
  [
    'records that are noise',
    request(produce, 3, produced(1, 'orders', bytes(int32(100), Buffer.alloc(100, 7)))),
    'answers',
  ],
  [
    'records that are longer than the frame',
    request(produce, 3, produced(1, 'orders', int32(100))),
    'closes',
  ],
  [
    'noise that nobody would hear of',
    request(produce, 3, produced(0, 'orders', bytes(int32(100), Buffer.alloc(100, 7)))),
    'closes',
  ],
];

function fetchOf(count: number): Buffer {
  const limits = bytes(int32(-1), int32(0), int32(0), int32(1000), int8(0));
  return bytes(limits, int32(count), string('orders'), int32(count), Buffer.alloc(1000));
}

describe.each([
  ['lengths', lengths],
  ['keys', keys],
  ['bodies', bodies],
  ['records', records],
])('hostile %s', (_, cases) => {
  test.each(cases)('%s', async (_what, hostile, verdict) => {
    const { connect, startBystander } = await startTarget();
    const bystander = await startBystander();
    const client = await connect();
    client.send(hostile);
    expect(await verdictOn(client, bystander)).toBe(verdict);
    await bystander.check();
    client.close();
    await bystander.check();
    bystander.close();
  });
});

test('a valid request in the middle of a hostile stream is answered before the end', async () => {
  const { connect } = await startTarget();
  const client = await connect();
  client.send(request(apiVersions, 0), request(999, 0), request(apiVersions, 0));
  expect((await client.nextFrame())?.readInt32BE(0)).toBe(7);
  expect(await client.nextFrame()).toBeUndefined();
});

test('a request that drips in byte by byte is answered, and nobody waits for it', async () => {
  const { connect, startBystander } = await startTarget();
  const [client, bystander] = [await connect(), await startBystander()];
  const dripped = request(apiVersions, 0);
  for (const [index, byte] of dripped.entries()) {
    client.send(int8(byte));
    await bystander.check();
    if (index < dripped.length - 1) expect(client.socket.destroyed).toBe(false);
  }
  expect((await client.nextFrame())?.readInt32BE(0)).toBe(7);
});
