import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { batch, values } from '../harness/batch.ts';
import type { Topic } from '../harness/topic.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

async function shortened(): Promise<Topic> {
  const topic = await cluster().topic();
  await topic.produce(values('a', 'b', 'c'));
  await cluster().request(
    apis.DeleteRecords,
    2,
    {
      topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: 2 }] }],
      timeoutMs: 30_000,
    },
    await topic.leader(),
  );
  return topic;
}

test('the reply tells where the log starts since records were deleted', async () => {
  const topic = await shortened();
  expect(await topic.produce(values('d'))).toMatchObject({ baseOffset: 3, logStartOffset: 2 });
});

test('so does the reply to a batch that the log refuses', async () => {
  const topic = await shortened();
  const wrong = batch([{ value: 'd' }], { lastOffsetDelta: 7 });
  expect(await topic.produce(wrong)).toMatchObject({ error: 'INVALID_RECORD', logStartOffset: 2 });
});

test('before version 5 it is not told', async () => {
  const topic = await shortened();
  expect(await topic.produce(values('d'), { version: 4 })).toMatchObject({ logStartOffset: -1 });
});
