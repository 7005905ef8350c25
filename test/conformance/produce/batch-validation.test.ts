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

const invalidRecord = { error: 'INVALID_RECORD', baseOffset: -1, logStartOffset: -1 };

describe('a partition must carry exactly one batch', () => {
  test('no bytes', async () => {
    expect(await refused(new Uint8Array(0))).toMatchObject(invalidRecord);
  });

  test('null', async () => {
    expect(await refused(null)).toMatchObject(invalidRecord);
  });

  test('two batches', async () => {
    const records = Buffer.concat([values('a'), values('b')]);
    expect(await refused(records)).toMatchObject(invalidRecord);
  });

  test.each([0, 1])('magic %d', async (magic) => {
    expect(await refused(batch(two, { magic }))).toMatchObject(invalidRecord);
  });

  test.each([3, -1])('magic %d, which does not exist', async (magic) => {
    expect(await refused(batch(two, { magic }))).toMatchObject(invalidRecord);
  });

  test('an old message of magic 1', async () => {
    expect(await refused(magicOneMessage())).toMatchObject(invalidRecord);
  });

  test('bytes that are too few for a header', async () => {
    expect(await refused(values('a').subarray(0, 30))).toMatchObject(invalidRecord);
  });

  test('a batch that is cut short', async () => {
    const whole = values('a', 'b');
    expect(await refused(whole.subarray(0, whole.length - 1))).toMatchObject(invalidRecord);
  });

  test('a batch with a few bytes after it', async () => {
    const records = Buffer.concat([values('a'), Buffer.from([1, 2, 3])]);
    expect(await refused(records)).toMatchObject(invalidRecord);
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
    expect(await refused(batch(two, fields))).toMatchObject(invalidRecord);
  });

  test('a wrong CRC', async () => {
    expect(await refused(batch(two, { crc: 1 }))).toMatchObject({
      error: 'CORRUPT_MESSAGE',
      baseOffset: -1,
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

  test('offset deltas that do not count up', async () => {
    const records = [{ value: 'a' }, { value: 'b', offsetDelta: 3 }];
    expect(await refused(batch(records))).toMatchObject({ error: 'INVALID_RECORD' });
  });
});

describe('what is said about a refusal', () => {
  test('a message in words from version 8 on', async () => {
    const records = batch(two, { lastOffsetDelta: 5 });
    expect((await refused(records, 8)).errorMessage).toEqual(expect.any(String));
  });

  test('nothing but the code before version 8', async () => {
    const reply = await refused(batch(two, { lastOffsetDelta: 5 }), 7);
    expect(reply).toMatchObject({ ...invalidRecord, errorMessage: null, recordErrors: [] });
  });

  test('no error of a single record when the batch as a whole is wrong', async () => {
    expect(await refused(batch(two, { lastOffsetDelta: 5 }))).toMatchObject({ recordErrors: [] });
  });
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
