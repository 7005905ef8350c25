import { expect, test } from 'vitest';
import { batch } from '../harness/batch.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const compacted = { configs: { 'cleanup.policy': 'compact' } };
const mixed = [{ key: 'k', value: 'a' }, { value: 'b' }, { key: 'k', value: 'c' }, { value: 'd' }];

test('a record without a key is INVALID_RECORD for the whole batch', async () => {
  const topic = await cluster().topic(compacted);
  expect(await topic.produce(batch(mixed))).toMatchObject({
    error: 'INVALID_RECORD',
    baseOffset: -1,
    logStartOffset: 0,
  });
  expect(await topic.records()).toEqual([]);
});

test.each(['none', 'gzip'] as const)('each of them is named (codec %s)', async (codec) => {
  const topic = await cluster().topic(compacted);
  const reply = await topic.produce(batch(mixed, { codec }));
  expect(reply.recordErrors).toEqual([
    { batchIndex: 1, batchIndexErrorMessage: expect.any(String) },
    { batchIndex: 3, batchIndexErrorMessage: expect.any(String) },
  ]);
  expect(reply.errorMessage).toEqual(expect.any(String));
});

test('before version 8 there is only the code', async () => {
  const topic = await cluster().topic(compacted);
  expect(await topic.produce(batch(mixed), { version: 7 })).toMatchObject({
    error: 'INVALID_RECORD',
    recordErrors: [],
    errorMessage: null,
  });
});

test('records with keys are accepted, an empty key and a null value too', async () => {
  const topic = await cluster().topic(compacted);
  const records = [
    { key: '', value: 'a' },
    { key: 'k', value: null },
  ];
  expect(await topic.produce(batch(records))).toMatchObject({ error: 'NONE' });
});

test('cleanup.policy=compact,delete asks for keys as well', async () => {
  const topic = await cluster().topic({ configs: { 'cleanup.policy': 'compact,delete' } });
  expect(await topic.produce(batch(mixed))).toMatchObject({ error: 'INVALID_RECORD' });
});

test('a record without a key is reported before its timestamp', async () => {
  const topic = await cluster().topic(compacted);
  const timestamp = Date.now() + 7_200_000;
  const reply = await topic.produce(batch([{ value: 'a', timestamp }]));
  expect(reply).toMatchObject({ error: 'INVALID_RECORD' });
});
