import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

async function ask(
  version: number,
  fields: Record<string, boolean | number> = {},
  brokerId?: number,
) {
  const reply = await cluster().request(apis.DescribeCluster, version, fields, brokerId);
  const { errorCode, ...rest } = reply;
  return { error: errorName(errorCode), ...rest };
}

test.each([0, 1, 2])('version %d: every broker with its address, none fenced', async (version) => {
  const reply = await ask(version);
  expect(reply).toMatchObject({
    error: 'NONE',
    errorMessage: null,
    throttleTimeMs: 0,
    endpointType: 1,
    clusterAuthorizedOperations: -0x8000_0000,
  });
  const brokers = [...reply.brokers].sort((x, y) => x.brokerId - y.brokerId);
  expect(brokers).toEqual(
    cluster().brokerIds.map((brokerId) => ({
      brokerId,
      ...cluster().address(brokerId),
      rack: `rack-${brokerId}`,
      isFenced: false,
    })),
  );
});

test('the cluster id is the one of Metadata', async () => {
  const { clusterId } = await cluster().request(apis.Metadata, 12, { topics: [] });
  expect(await ask(2)).toMatchObject({ clusterId });
});

test('the controller id is that of a broker', async () => {
  const { controllerId } = await ask(2);
  expect(cluster().brokerIds).toContain(controllerId);
});

test('the operations that are allowed on the cluster, when asked for', async () => {
  const { clusterAuthorizedOperations } = await ask(2, {
    includeClusterAuthorizedOperations: true,
  });
  const metadata = await cluster().request(apis.Metadata, 10, {
    topics: [],
    includeClusterAuthorizedOperations: true,
  });
  expect(clusterAuthorizedOperations).toBeGreaterThan(0);
  expect(clusterAuthorizedOperations).toBe(metadata.clusterAuthorizedOperations);
});

test('fenced brokers can be asked for where there are none', async () => {
  const { brokers } = await ask(2, { includeFencedBrokers: true });
  expect(brokers.filter(({ isFenced }) => isFenced)).toEqual([]);
  expect(brokers.length).toBeGreaterThanOrEqual(3);
});

describe('endpoint types', () => {
  test('controllers are not asked of a broker: MISMATCHED_ENDPOINT_TYPE', async () => {
    const reply = await ask(2, { endpointType: 2 });
    expect(reply).toMatchObject({ error: 'MISMATCHED_ENDPOINT_TYPE', brokers: [] });
    expect(reply.errorMessage).toEqual(expect.any(String));
  });

  test.each([0, 3, -1])('%d does not exist: UNSUPPORTED_ENDPOINT_TYPE', async (endpointType) => {
    const reply = await ask(2, { endpointType });
    expect(reply).toMatchObject({ error: 'UNSUPPORTED_ENDPOINT_TYPE', brokers: [] });
    expect(reply.errorMessage).toEqual(expect.any(String));
  });
});
