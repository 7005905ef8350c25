import { test } from 'vitest';
import { apis } from '../../src/protocol/messages/index.ts';
import { useCluster } from './harness/use-cluster.ts';
const cluster = useCluster();
test('x', async () => {
  for (const v of [0,1,2,3,4,5]) console.log(v, await cluster().request(apis.InitProducerId, v, { transactionTimeoutMs: 60_000 , transactionalId: null}));
});
