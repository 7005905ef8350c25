import { describe, expect, test } from 'vitest';
import { attributes, batch, values } from '../harness/batch.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const one = [{ value: 'a' }];

/** A record of value `a` whose part after the value is given: number of headers, headers. */
function recordEndingIn(...end: readonly number[]): Buffer {
  const body = [0, 0, 0, 1, 2, 0x61, ...end];
  return Buffer.from([body.length * 2, ...body]);
}

describe('transactions', () => {
  test('a transactional batch in a request without a transactional id is refused', async () => {
    const topic = await cluster().topic();
    const fields = { producerId: 9, producerEpoch: 0, baseSequence: 0 };
    const sent = batch(one, { ...fields, attributes: attributes.transactional });
    expect(await topic.produce(sent)).toMatchObject({
      error: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
      baseOffset: -1,
      logStartOffset: -1,
    });
    expect(await topic.records()).toEqual([]);
  });
});

describe('accepted, though odd', () => {
  test('a sequence without a producer id', async () => {
    const topic = await cluster().topic();
    expect(await topic.produce(batch(one, { baseSequence: 5 }))).toMatchObject({ error: 'NONE' });
    expect(await topic.produce(batch(one, { baseSequence: 5 }))).toMatchObject({ baseOffset: 1 });
  });

  test('attribute bits without a meaning, which are kept', async () => {
    const topic = await cluster().topic();
    expect(await topic.produce(batch(one, { attributes: 0x0180 }))).toMatchObject({
      error: 'NONE',
    });
    expect((await topic.batches())[0]).toMatchObject({ attributes: 0x0180 });
  });

  test('any partition leader epoch: it is overwritten', async () => {
    const topic = await cluster().topic();
    const sent = batch(one, { partitionLeaderEpoch: 77 });
    expect(await topic.produce(sent)).toMatchObject({ error: 'NONE' });
    expect((await topic.batches())[0]).toMatchObject({ partitionLeaderEpoch: 0 });
  });

  test('timestamps that go backwards', async () => {
    const topic = await cluster().topic();
    const now = Date.now();
    const records = [5000, -5000, 0].map((delta) => ({ value: 'a', timestamp: now + delta }));
    expect(await topic.produce(batch(records))).toMatchObject({ error: 'NONE' });
    expect((await topic.records()).map(({ timestamp }) => timestamp - now)).toEqual([
      5000, -5000, 0,
    ]);
  });

  test('headers: many, with the same name, an empty name, a null value', async () => {
    const topic = await cluster().topic();
    const headers = [
      ['h', '1'],
      ['h', '2'],
      ['', 'x'],
      ['n', null],
    ] as const;
    expect(await topic.produce(batch([{ value: 'a', headers }]))).toMatchObject({ error: 'NONE' });
    expect((await topic.records())[0]!.headers).toEqual(headers);
  });
});

describe('refused for one record in it', () => {
  const broken: [string, Buffer][] = [
    ['a header without a name', recordEndingIn(2, 1, 0)],
    ['a number of headers below zero', recordEndingIn(1)],
    ['more headers than it has', recordEndingIn(4, 2, 0x68, 1)],
    ['bytes after its last header', recordEndingIn(0, 0)],
  ];
  test.each(broken)('%s is INVALID_RECORD', async (_, payload) => {
    const topic = await cluster().topic();
    expect(await topic.produce(batch(one, { payload }))).toMatchObject({
      error: 'INVALID_RECORD',
      baseOffset: -1,
      logStartOffset: 0,
    });
    expect(await topic.records()).toEqual([]);
  });

  test.each(broken)('%s is found in a compressed batch as well', async (_, plain) => {
    const topic = await cluster().topic();
    const { gzipSync } = await import('node:zlib');
    const sent = batch(one, { codec: 'gzip', payload: gzipSync(plain) });
    expect(await topic.produce(sent)).toMatchObject({ error: 'INVALID_RECORD', baseOffset: -1 });
  });

  test('a key longer than the record is INVALID_RECORD', async () => {
    const topic = await cluster().topic();
    const payload = Buffer.from([14, 0, 0, 0, 120, 2, 0x61, 0]);
    expect(await topic.produce(batch(one, { payload }))).toMatchObject({
      error: 'INVALID_RECORD',
    });
  });
});

test('after refusals the next batch gets the next offset: nothing was used up', async () => {
  const topic = await cluster().topic();
  await topic.produce(values('a'));
  await topic.produce(batch(one, { crc: 1 }));
  await topic.produce(batch(one, { lastOffsetDelta: 9 }));
  expect(await topic.produce(values('b'))).toMatchObject({ baseOffset: 1 });
});
