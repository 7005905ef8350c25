import { describe, expect, test } from 'vitest';
import { batch, values } from '../harness/batch.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const headerSizeBytes = 61;

/** A batch of one record that is exactly this large. */
function batchOf(sizeBytes: number): Buffer {
  const around = batch([{ value: Buffer.alloc(sizeBytes - 80) }]).length - (sizeBytes - 80);
  return batch([{ value: Buffer.alloc(sizeBytes - around) }]);
}

describe('max.message.bytes', () => {
  test('a batch that is exactly as large is accepted', async () => {
    const topic = await cluster().topic({ configs: { 'max.message.bytes': '1000' } });
    const sent = batchOf(1000);
    expect(sent).toHaveLength(1000);
    expect(await topic.produce(sent)).toMatchObject({ error: 'NONE', baseOffset: 0 });
  });

  test('a batch that is one byte larger is MESSAGE_TOO_LARGE', async () => {
    const topic = await cluster().topic({ configs: { 'max.message.bytes': '1000' } });
    expect(await topic.produce(batchOf(1001))).toMatchObject({
      error: 'MESSAGE_TOO_LARGE',
      baseOffset: -1,
      logStartOffset: -1,
      recordErrors: [],
      errorMessage: null,
    });
    expect(await topic.records()).toEqual([]);
  });

  test('the limit is 1048588 unless said', async () => {
    const topic = await cluster().topic();
    expect(await topic.produce(batchOf(1_048_588))).toMatchObject({ error: 'NONE' });
    expect(await topic.produce(batchOf(1_048_589))).toMatchObject({ error: 'MESSAGE_TOO_LARGE' });
  });

  test('what counts is the size as sent: compressed', async () => {
    const topic = await cluster().topic({ configs: { 'max.message.bytes': '1000' } });
    const sent = batch([{ value: Buffer.alloc(100_000) }], { codec: 'gzip' });
    expect(sent.length).toBeLessThan(1000);
    expect(await topic.produce(sent)).toMatchObject({ error: 'NONE' });
  });

  test('and again the size as stored, where the broker unpacks it', async () => {
    const topic = await cluster().topic({
      configs: { 'max.message.bytes': '1000', 'compression.type': 'uncompressed' },
    });
    const sent = batch([{ value: Buffer.alloc(100_000) }], { codec: 'gzip' });
    expect(await topic.produce(sent)).toMatchObject({
      error: 'MESSAGE_TOO_LARGE',
      baseOffset: -1,
    });
  });

  test('a batch that is too large is reported before its wrong CRC', async () => {
    const topic = await cluster().topic({ configs: { 'max.message.bytes': '1000' } });
    const sent = batch([{ value: Buffer.alloc(2000) }], { crc: 1 });
    expect(await topic.produce(sent)).toMatchObject({ error: 'MESSAGE_TOO_LARGE' });
  });
});

describe('segment.bytes', () => {
  const segmentSizeBytes = 1_048_576;
  const configs = {
    'segment.bytes': String(segmentSizeBytes),
    'max.message.bytes': String(4 * segmentSizeBytes),
  };

  test('a batch that is exactly as large is accepted', async () => {
    const topic = await cluster().topic({ configs });
    expect(await topic.produce(batchOf(segmentSizeBytes))).toMatchObject({ error: 'NONE' });
  });

  test('a batch that is larger is RECORD_LIST_TOO_LARGE', async () => {
    const topic = await cluster().topic({ configs });
    expect(await topic.produce(batchOf(segmentSizeBytes + 1))).toMatchObject({
      error: 'RECORD_LIST_TOO_LARGE',
      baseOffset: -1,
      logStartOffset: -1,
    });
    expect(await topic.produce(values('a'))).toMatchObject({ error: 'NONE', baseOffset: 0 });
  });

  test('batches go on over many segments', async () => {
    const topic = await cluster().topic({ configs });
    for (let index = 0; index < 5; index++) {
      expect(await topic.produce(batchOf(600_000))).toMatchObject({ baseOffset: index });
    }
    expect((await topic.batches()).map(({ baseOffset }) => baseOffset)).toContain(0);
    expect((await topic.fetch({ offset: 4 })).batches).toMatchObject([{ baseOffset: 4 }]);
  });
});

test('a record may be empty: no key, no value, no headers', async () => {
  const topic = await cluster().topic();
  const sent = batch([{}]);
  expect(sent).toHaveLength(headerSizeBytes + 7);
  expect(await topic.produce(sent)).toMatchObject({ error: 'NONE' });
  expect(await topic.records()).toMatchObject([{ key: null, value: null, headers: [] }]);
});

test('a batch of ten thousand records takes ten thousand offsets', async () => {
  const topic = await cluster().topic();
  const texts = Array.from({ length: 10_000 }, (_, index) => `${index}`);
  expect(await topic.produce(values(...texts))).toMatchObject({ baseOffset: 0 });
  expect(await topic.produce(values('next'))).toMatchObject({ baseOffset: 10_000 });
});
