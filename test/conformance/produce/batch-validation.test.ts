import { describe, expect, test } from 'vitest';
import { attributes, type BatchFields, batch, values } from '../harness/batch.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const two = [{ value: 'a' }, { value: 'b' }];

/** Sends the records to a topic of their own; whatever is answered, nothing may be written. */
async function refused(records: Uint8Array | null, version?: number) {
  const topic = await cluster().topic();
  const reply = await topic.produce(records, version === undefined ? {} : { version });
  expect(await topic.records(), 'records in the log').toEqual([]);
  return reply;
}

/** Refused before a log was looked at: the log start offset is not told. */
const refusedAtDoor = { error: 'INVALID_RECORD', baseOffset: -1, logStartOffset: -1 };
const refusedByLog = { error: 'INVALID_RECORD', baseOffset: -1, logStartOffset: 0 };

describe('a partition must carry exactly one batch', () => {
  test('no bytes', async () => {
    expect(await refused(new Uint8Array(0))).toMatchObject(refusedAtDoor);
  });

  test('two batches', async () => {
    const records = Buffer.concat([values('a'), values('b')]);
    expect(await refused(records)).toMatchObject(refusedAtDoor);
  });

  test.each([0, 1])('magic %d', async (magic) => {
    expect(await refused(batch(two, { magic }))).toMatchObject(refusedAtDoor);
  });

  test.each([3, -1])('magic %d, which does not exist, is CORRUPT_MESSAGE', async (magic) => {
    expect(await refused(batch(two, { magic }))).toMatchObject({
      error: 'CORRUPT_MESSAGE',
      baseOffset: -1,
      logStartOffset: -1,
    });
  });

  test('an old message of magic 1', async () => {
    expect(await refused(magicOneMessage())).toMatchObject(refusedAtDoor);
  });

  test('bytes that are too few for a header', async () => {
    expect(await refused(values('a').subarray(0, 30))).toMatchObject(refusedAtDoor);
  });

  test('a batch that is cut short', async () => {
    const whole = values('a', 'b');
    expect(await refused(whole.subarray(0, whole.length - 1))).toMatchObject(refusedAtDoor);
  });

  test('a length too small for any batch is CORRUPT_MESSAGE', async () => {
    const records = values('a');
    records.writeInt32BE(13, 8);
    expect(await refused(records)).toMatchObject({ error: 'CORRUPT_MESSAGE', baseOffset: -1 });
  });

  const tails: [string, Buffer][] = [
    ['a few bytes', Buffer.from([1, 2, 3])],
    ['a second batch cut short', values('b').subarray(0, 50)],
  ];
  test.each(tails)('but %s after it are passed over', async (_, tail) => {
    const topic = await cluster().topic();
    const sent = values('a');
    expect(await topic.produce(Buffer.concat([sent, tail]))).toMatchObject({ error: 'NONE' });
    expect((await topic.fetch()).bytes).toHaveLength(sent.length);
    expect(await topic.produce(values('c'))).toMatchObject({ baseOffset: 1 });
  });
});

describe('the header must agree with the records', () => {
  const wrong: [string, BatchFields][] = [
    ['a last offset delta too small', { lastOffsetDelta: 0 }],
    ['a last offset delta too large', { lastOffsetDelta: 2 }],
    ['a last offset delta below zero', { lastOffsetDelta: -1 }],
    ['a count below zero', { count: -1 }],
    ['a count of zero', { count: 0, lastOffsetDelta: -1, payload: Buffer.alloc(0) }],
    ['a base offset other than 0', { baseOffset: 5 }],
    ['a control batch', { attributes: attributes.control }],
    ['a producer id without a sequence', { producerId: 7, producerEpoch: 0, baseSequence: -1 }],
  ];
  test.each(wrong)('%s', async (_, fields) => {
    expect(await refused(batch(two, fields))).toMatchObject(refusedByLog);
  });

  test('a wrong CRC', async () => {
    expect(await refused(batch(two, { crc: 1 }))).toMatchObject({
      error: 'CORRUPT_MESSAGE',
      baseOffset: -1,
      logStartOffset: -1,
    });
  });

  test('a count larger than the records there are', async () => {
    expect(await refused(batch(two, { count: 3, lastOffsetDelta: 2 }))).toMatchObject({
      error: 'INVALID_RECORD',
    });
  });

  test('a count smaller than the records there are', async () => {
    expect(await refused(batch(two, { count: 1, lastOffsetDelta: 0 }))).toMatchObject({
      error: 'INVALID_RECORD',
    });
  });

  test('records that are not records', async () => {
    const payload = Buffer.from([0x7f, 0x7f, 0x7f]);
    expect(await refused(batch(two, { payload }))).toMatchObject({ error: 'INVALID_RECORD' });
  });
});

describe('what is said about a batch that is wrong as a whole', () => {
  test.each([7, 8, 13])('nothing but the code, at version %d', async (version) => {
    expect(await refused(batch(two, { lastOffsetDelta: 5 }), version)).toMatchObject({
      ...refusedByLog,
      errorMessage: null,
      recordErrors: [],
    });
  });
});

test('without compression the offset deltas of the records are not looked at', async () => {
  const topic = await cluster().topic();
  const records = [{ value: 'a' }, { value: 'b', offsetDelta: 3 }];
  expect(await topic.produce(batch(records))).toMatchObject({ error: 'NONE', baseOffset: 0 });
  expect(await topic.produce(values('c'))).toMatchObject({ baseOffset: 2 });
});

test('a batch that is in order is taken as it is, offset and epoch apart', async () => {
  const topic = await cluster().topic();
  const sent = batch([
    {
      key: 'k',
      value: 'v',
      headers: [
        ['h', 'x'],
        ['n', null],
      ],
    },
    { value: null },
  ]);
  await topic.produce(values('first'));
  expect(await topic.produce(sent)).toMatchObject({ error: 'NONE', baseOffset: 1 });
  const stored = (await topic.fetch({ offset: 1 })).batches[0]!;
  expect(stored).toMatchObject({ baseOffset: 1, partitionLeaderEpoch: 0, crcIsRight: true });
  expect(stored.bytes.subarray(8, 12)).toEqual(sent.subarray(8, 12));
  expect(stored.bytes.subarray(16)).toEqual(sent.subarray(16));
});

/** The message set that clients sent before 0.11. */
function magicOneMessage(): Buffer {
  const bytes = Buffer.alloc(12 + 22 + 1);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt8(1, 16);
  bytes.writeBigInt64BE(BigInt(Date.now()), 18);
  bytes.writeInt32BE(-1, 26);
  bytes.writeInt32BE(1, 30);
  bytes.write('a', 34);
  return bytes;
}
