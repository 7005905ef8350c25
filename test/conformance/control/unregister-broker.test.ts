import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

test.each([99, -1])('broker %d, which is not there, cannot be struck off', async (brokerId) => {
  const reply = await cluster().request(apis.UnregisterBroker, 0, { brokerId });
  expect(errorName(reply.errorCode)).toBe('BROKER_ID_NOT_REGISTERED');
  expect(reply.errorMessage).toBe(`Broker ID ${brokerId} is not currently registered`);
});
