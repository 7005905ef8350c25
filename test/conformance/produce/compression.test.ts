import { describe, expect, test } from 'vitest';
import { batch } from '../harness/batch.ts';
import { type Codec, compress } from '../harness/codecs.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const codecs: readonly Codec[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const packing = codecs.filter((codec) => codec !== 'none');
/** What Kafka says when unpacking throws something that it did not expect. */
const broken = { error: 'UNKNOWN_SERVER_ERROR', baseOffset: -1, logStartOffset: 0 };
const three = ['a', 'b', 'c'].map((letter) => ({ key: letter, value: letter.repeat(100) }));

describe('compression.type=producer', () => {
  test.each(codecs)('%s is carried byte for byte, offset and epoch apart', async (codec) => {
    const topic = await cluster().topic();
    const sent = batch(three, { codec });
    await topic.produce(sent);
    expect(await topic.produce(sent)).toMatchObject({ error: 'NONE', baseOffset: 3 });
    const stored = (await topic.fetch({ offset: 3 })).batches[0]!;
    expect(stored).toMatchObject({ baseOffset: 3, partitionLeaderEpoch: 0, codec });
    expect(stored.bytes.subarray(16)).toEqual(sent.subarray(16));
    expect(stored.records.map(({ value }) => value)).toEqual(three.map(({ value }) => value));
  });

  test.each(packing)('a LogAppendTime topic stamps %s in the header alone', async (codec) => {
    const topic = await cluster().topic({ configs: { 'message.timestamp.type': 'LogAppendTime' } });
    const sent = batch(three, { codec });
    const { logAppendTimeMs } = await topic.produce(sent);
    const [stored] = await topic.batches();
    expect(stored).toMatchObject({ codec, maxTimestamp: logAppendTimeMs, crcIsRight: true });
    expect(stored!.bytes.subarray(61)).toEqual(sent.subarray(61));
  });
});

describe('another compression.type', () => {
  const names: [string, Codec][] = [
    ['uncompressed', 'none'],
    ['gzip', 'gzip'],
    ['snappy', 'snappy'],
    ['lz4', 'lz4'],
    ['zstd', 'zstd'],
  ];
  const conversions = names.flatMap(([type, stored]) =>
    codecs.filter((sent) => sent !== stored).map((sent) => [sent, type, stored] as const),
  );
  test.each(conversions)('%s is stored as %s', async (sent, type, codec) => {
    const topic = await cluster().topic({ configs: { 'compression.type': type } });
    const timestamp = Date.now() - 1000;
    const records = three.map((record, index) => ({ ...record, timestamp: timestamp + index }));
    expect(await topic.produce(batch(records, { codec: sent }))).toMatchObject({ error: 'NONE' });
    const [stored] = await topic.batches();
    expect(stored).toMatchObject({
      codec,
      crcIsRight: true,
      baseOffset: 0,
      lastOffsetDelta: 2,
      count: 3,
      baseTimestamp: timestamp,
      maxTimestamp: timestamp + 2,
    });
    expect(stored!.records).toEqual(
      records.map((record, index) => ({ ...record, offset: index, headers: [] })),
    );
  });

  test('a batch that comes in the topic’s codec already is carried untouched', async () => {
    const topic = await cluster().topic({ configs: { 'compression.type': 'gzip' } });
    const sent = batch(three, { codec: 'gzip' });
    await topic.produce(sent);
    expect((await topic.batches())[0]!.bytes.subarray(16)).toEqual(sent.subarray(16));
  });

  test('a producer’s id, epoch and sequence survive the conversion', async () => {
    const topic = await cluster().topic({ configs: { 'compression.type': 'gzip' } });
    const fields = { producerId: 123_456_789, producerEpoch: 3, baseSequence: 11 };
    expect(await topic.produce(batch(three, fields))).toMatchObject({ error: 'NONE' });
    expect((await topic.batches())[0]).toMatchObject({ ...fields, codec: 'gzip' });
  });
});

describe('zstd and old versions', () => {
  test.each([3, 6])('Produce version %d is UNSUPPORTED_COMPRESSION_TYPE', async (version) => {
    const topic = await cluster().topic();
    const sent = batch(three, { codec: 'zstd' });
    expect(await topic.produce(sent, { version })).toMatchObject({
      error: 'UNSUPPORTED_COMPRESSION_TYPE',
      baseOffset: -1,
    });
    expect(await topic.records()).toEqual([]);
  });

  test('Produce version 7 is accepted', async () => {
    const topic = await cluster().topic();
    const sent = batch(three, { codec: 'zstd' });
    expect(await topic.produce(sent, { version: 7 })).toMatchObject({ error: 'NONE' });
  });
});

describe('what is looked at inside a compressed batch', () => {
  test.each(packing)('%s: a payload that is no such thing', async (codec) => {
    const topic = await cluster().topic();
    const sent = batch(three, { codec, payload: Buffer.from('this was never compressed') });
    expect(await topic.produce(sent)).toMatchObject(broken);
    expect(await topic.records()).toEqual([]);
  });

  test('lz4 with blocks that depend on each other is not read', async () => {
    const topic = await cluster().topic();
    const payload = compress('lz4', Buffer.from('anything'));
    payload.writeUInt8(payload.readUInt8(4) & ~0x20, 4);
    expect(await topic.produce(batch(three, { codec: 'lz4', payload }))).toMatchObject(broken);
  });

  test('a codec number that does not exist', async () => {
    const topic = await cluster().topic();
    expect(await topic.produce(batch(three, { attributes: 5 }))).toMatchObject(broken);
  });

  test.each(packing)('%s: offset deltas that do not count up', async (codec) => {
    const topic = await cluster().topic();
    const records = [{ value: 'a' }, { value: 'b', offsetDelta: 3 }];
    expect(await topic.produce(batch(records, { codec }))).toMatchObject(broken);
    expect(await topic.records()).toEqual([]);
  });

  test('offset deltas are put right where the batch is converted anyway', async () => {
    const topic = await cluster().topic({ configs: { 'compression.type': 'gzip' } });
    const records = [{ value: 'a' }, { value: 'b', offsetDelta: 3 }];
    expect(await topic.produce(batch(records))).toMatchObject({ error: 'NONE' });
    expect((await topic.records()).map(({ offset }) => offset)).toEqual([0, 1]);
  });

  test('a count larger than the records there are is INVALID_RECORD', async () => {
    const topic = await cluster().topic();
    const sent = batch(three, { codec: 'gzip', count: 4, lastOffsetDelta: 3 });
    expect(await topic.produce(sent)).toMatchObject({ error: 'INVALID_RECORD' });
  });

  test('a count smaller than the records there are is INVALID_RECORD', async () => {
    const topic = await cluster().topic();
    const sent = batch(three, { codec: 'gzip', count: 2, lastOffsetDelta: 1 });
    expect(await topic.produce(sent)).toMatchObject({ error: 'INVALID_RECORD' });
  });

  test('a record too far ahead is INVALID_TIMESTAMP, and named', async () => {
    const topic = await cluster().topic();
    const now = Date.now();
    const records = [
      { value: 'a', timestamp: now },
      { value: 'b', timestamp: now + 7_200_000 },
    ];
    const reply = await topic.produce(batch(records, { codec: 'gzip' }));
    expect(reply).toMatchObject({ error: 'INVALID_TIMESTAMP', baseOffset: -1, logStartOffset: 0 });
    expect(reply.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1]);
  });
});
