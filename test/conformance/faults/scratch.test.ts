import { test } from 'vitest';
import { useCluster } from '../harness/use-cluster.ts';
import { values } from '../harness/batch.ts';
const cluster = useCluster();
test('x', async () => {
  const topic = await cluster().topic({ replicas: [[1, 2]], configs: {'min.insync.replicas': '1'} });
  await topic.produce(values('a'));
  console.log(Date.now(), (await topic.describe()).partitions[0]);
  await cluster().control.crash(2);
  for (let i = 0; i < 5; i++) { console.log(Date.now(), (await topic.describe()).partitions[0]?.isrNodes, (await topic.fetch()).highWatermark);
  await topic.produce(values('a'), {acks: 1}); }
});
