import { describe, expect, test } from 'vitest';
import { batch, values } from '../harness/batch.ts';
import { incrementalAlterConfigs, operation } from '../harness/configs.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

async function set(topic: Topic, ...configs: readonly (readonly [string, string])[]) {
  const results = await incrementalAlterConfigs(cluster(), [{ name: topic.name, configs }]);
  expect(results).toMatchObject([{ error: 'NONE' }]);
}

/** The broker that leads hears of a change a moment after it was made. */
async function untilAnswer(topic: Topic, records: Uint8Array, error: string) {
  return await until(`the answer is ${error}`, async () => {
    const reply = await topic.produce(records);
    return reply.error === error ? reply : undefined;
  });
}

const sized = (sizeBytes: number) => values('x'.repeat(sizeBytes));

describe('a changed topic config takes effect', () => {
  test('max.message.bytes, lower', async () => {
    const topic = await cluster().topic();
    expect(await topic.produce(sized(5000))).toMatchObject({ error: 'NONE' });
    await set(topic, ['max.message.bytes', '1000']);
    await untilAnswer(topic, sized(5000), 'MESSAGE_TOO_LARGE');
    expect(await topic.produce(sized(500))).toMatchObject({ error: 'NONE' });
  });

  test('max.message.bytes, back to its default', async () => {
    const topic = await cluster().topic({ configs: { 'max.message.bytes': '1000' } });
    expect(await topic.produce(sized(5000))).toMatchObject({ error: 'MESSAGE_TOO_LARGE' });
    const configs = [['max.message.bytes', null, operation.delete]] as const;
    await incrementalAlterConfigs(cluster(), [{ name: topic.name, configs }]);
    await untilAnswer(topic, sized(5000), 'NONE');
  });

  test('cleanup.policy=compact: a record without a key is refused', async () => {
    const topic = await cluster().topic();
    await set(topic, ['cleanup.policy', 'compact']);
    await untilAnswer(topic, values('no key'), 'INVALID_RECORD');
    const keyed = batch([{ key: 'k', value: 'v' }]);
    expect(await topic.produce(keyed)).toMatchObject({ error: 'NONE' });
  });

  test('message.timestamp.type=LogAppendTime: later batches are stamped', async () => {
    const topic = await cluster().topic();
    const timestamp = Date.now() - 60_000;
    const old = batch([{ value: 'a', timestamp }]);
    expect(await topic.produce(old)).toMatchObject({ logAppendTimeMs: -1 });
    await set(topic, ['message.timestamp.type', 'LogAppendTime']);
    await until('a batch is stamped', async () => {
      const { logAppendTimeMs } = await topic.produce(old);
      return logAppendTimeMs > 0 ? logAppendTimeMs : undefined;
    });
    const batches = await topic.batches();
    expect(batches[0]).toMatchObject({ attributes: 0, maxTimestamp: timestamp });
    expect(batches.at(-1)!.attributes).toBe(8);
  });

  test('message.timestamp.after.max.ms', async () => {
    const topic = await cluster().topic();
    await set(topic, ['message.timestamp.after.max.ms', '1000']);
    const ahead = batch([{ value: 'a', timestamp: Date.now() + 600_000 }]);
    await untilAnswer(topic, ahead, 'INVALID_TIMESTAMP');
  });

  test('compression.type: later batches are packed anew', async () => {
    const topic = await cluster().topic();
    await topic.produce(values('plain'));
    await set(topic, ['compression.type', 'gzip']);
    await until('a batch is packed', async () => {
      await topic.produce(values('packed'));
      return (await topic.batches()).at(-1)!.codec === 'gzip' ? true : undefined;
    });
    const batches = await topic.batches();
    expect(batches[0]).toMatchObject({ codec: 'none', records: [{ value: 'plain' }] });
    expect(batches.at(-1)!.records).toMatchObject([{ value: 'packed' }]);
  });

  test('segment.bytes: a batch larger than a segment is refused', async () => {
    const topic = await cluster().topic({ configs: { 'max.message.bytes': '3000000' } });
    expect(await topic.produce(sized(1_500_000))).toMatchObject({ error: 'NONE' });
    await set(topic, ['segment.bytes', '1048576']);
    await untilAnswer(topic, sized(1_500_000), 'RECORD_LIST_TOO_LARGE');
    expect(await topic.produce(sized(900_000))).toMatchObject({ error: 'NONE' });
  });
});
