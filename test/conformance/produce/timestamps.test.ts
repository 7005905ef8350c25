import { describe, expect, test } from 'vitest';
import { attributes, batch, values } from '../harness/batch.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const hourMs = 3_600_000;
const stamping = { configs: { 'message.timestamp.type': 'LogAppendTime' } };

describe('CreateTime topics', () => {
  test('the reply has no append time and the records keep their own', async () => {
    const topic = await cluster().topic();
    const timestamp = Date.now() - 5000;
    const records = [
      { value: 'a', timestamp },
      { value: 'b', timestamp: timestamp + 7 },
    ];
    expect(await topic.produce(batch(records))).toMatchObject({
      error: 'NONE',
      logAppendTimeMs: -1,
    });
    expect((await topic.records()).map((record) => record.timestamp)).toEqual([
      timestamp,
      timestamp + 7,
    ]);
  });

  test('a timestamp of -1 is accepted and kept', async () => {
    const topic = await cluster().topic();
    const reply = await topic.produce(batch([{ value: 'a', timestamp: -1 }]));
    expect(reply).toMatchObject({ error: 'NONE' });
    expect((await topic.records())[0]).toMatchObject({ timestamp: -1 });
  });

  test('a record more than an hour ahead is INVALID_TIMESTAMP, and named', async () => {
    const topic = await cluster().topic();
    const now = Date.now();
    const records = [
      { value: 'a', timestamp: now },
      { value: 'b', timestamp: now + 2 * hourMs },
    ];
    const reply = await topic.produce(batch(records));
    expect(reply).toMatchObject({ error: 'INVALID_TIMESTAMP', baseOffset: -1 });
    expect(reply.errorMessage).toEqual(expect.any(String));
    expect(reply.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1]);
    expect(await topic.records()).toEqual([]);
  });

  test('each record that is too far ahead is named', async () => {
    const topic = await cluster().topic();
    const now = Date.now();
    const records = [2, 0, 3].map((hours) => ({
      value: 'a',
      timestamp: now + hours * hourMs,
    }));
    const reply = await topic.produce(batch(records));
    expect(reply.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([0, 2]);
  });

  test('a record less than an hour ahead is accepted', async () => {
    const topic = await cluster().topic();
    const timestamp = Date.now() + hourMs / 2;
    expect(await topic.produce(batch([{ value: 'a', timestamp }]))).toMatchObject({
      error: 'NONE',
    });
  });

  test('message.timestamp.after.max.ms moves that limit', async () => {
    const topic = await cluster().topic({ configs: { 'message.timestamp.after.max.ms': '1000' } });
    const timestamp = Date.now() + 60_000;
    expect(await topic.produce(batch([{ value: 'a', timestamp }]))).toMatchObject({
      error: 'INVALID_TIMESTAMP',
    });
  });

  test('the past has no limit', async () => {
    const topic = await cluster().topic({ configs: { 'retention.ms': '-1' } });
    expect(await topic.produce(batch([{ value: 'a', timestamp: 0 }]))).toMatchObject({
      error: 'NONE',
    });
  });

  test('message.timestamp.before.max.ms gives it one', async () => {
    const topic = await cluster().topic({ configs: { 'message.timestamp.before.max.ms': '1000' } });
    const timestamp = Date.now() - 60_000;
    const reply = await topic.produce(batch([{ value: 'a', timestamp }]));
    expect(reply).toMatchObject({ error: 'INVALID_TIMESTAMP', baseOffset: -1 });
    expect(reply.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([0]);
  });

  test('a batch that claims LogAppendTime is taken, and the claim undone', async () => {
    const topic = await cluster().topic();
    const records = batch([{ value: 'a' }], { attributes: attributes.logAppendTime });
    expect(await topic.produce(records)).toMatchObject({ error: 'NONE', logAppendTimeMs: -1 });
    expect((await topic.batches())[0]).toMatchObject({ attributes: 0, crcIsRight: true });
  });

  test('one without timestamps that claims it is INVALID_TIMESTAMP', async () => {
    const topic = await cluster().topic();
    const records = batch([{ value: 'a', timestamp: -1 }], {
      attributes: attributes.logAppendTime,
    });
    expect(await topic.produce(records)).toMatchObject({ error: 'INVALID_TIMESTAMP' });
  });

  test('a wrong max timestamp in the header is put right', async () => {
    const topic = await cluster().topic();
    const timestamp = Date.now();
    const records = batch([{ value: 'a', timestamp }], { maxTimestamp: timestamp + 1000 });
    expect(await topic.produce(records)).toMatchObject({ error: 'NONE' });
    expect((await topic.batches())[0]).toMatchObject({
      maxTimestamp: timestamp,
      crcIsRight: true,
    });
  });
});

describe('LogAppendTime topics', () => {
  test('the reply has the time with which the batch was stamped', async () => {
    const topic = await cluster().topic(stamping);
    const before = Date.now();
    const reply = await topic.produce(batch([{ value: 'a', timestamp: 1 }, { value: 'b' }]));
    expect(reply.error).toBe('NONE');
    // the broker's clock, not ours: they may be a little apart
    expect(reply.logAppendTimeMs).toBeGreaterThan(before - 1000);
    expect(reply.logAppendTimeMs).toBeLessThan(Date.now() + 1000);
    const [stored] = await topic.batches();
    expect(stored).toMatchObject({
      attributes: attributes.logAppendTime,
      maxTimestamp: reply.logAppendTimeMs,
      crcIsRight: true,
    });
    expect(stored!.records.map(({ timestamp }) => timestamp)).toEqual([
      reply.logAppendTimeMs,
      reply.logAppendTimeMs,
    ]);
  });

  test('the base timestamp in the batch stays as it was sent', async () => {
    const topic = await cluster().topic(stamping);
    await topic.produce(batch([{ value: 'a', timestamp: 12345 }]));
    expect((await topic.batches())[0]).toMatchObject({ baseTimestamp: 12345 });
  });

  test('any record timestamp is accepted', async () => {
    const topic = await cluster().topic(stamping);
    const records = batch([{ value: 'a', timestamp: Date.now() + 100 * hourMs }]);
    expect(await topic.produce(records)).toMatchObject({ error: 'NONE' });
  });

  test('a batch that claims LogAppendTime already is INVALID_TIMESTAMP', async () => {
    const topic = await cluster().topic(stamping);
    const records = batch([{ value: 'a' }], { attributes: attributes.logAppendTime });
    expect(await topic.produce(records)).toMatchObject({ error: 'INVALID_TIMESTAMP' });
  });

  test('the time is found by ListOffsets', async () => {
    const topic = await cluster().topic(stamping);
    await topic.produce(values('a'));
    const second = await topic.produce(values('b', 'c'));
    expect(await topic.listOffset(-3)).toMatchObject({
      error: 'NONE',
      timestamp: second.logAppendTimeMs,
    });
  });
});
