import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const idempotent = { transactionalId: null, transactionTimeoutMs: 60_000 };

test.each([0, 1, 2, 3, 4, 5])('version %d gives an id and epoch 0', async (version) => {
  await newId(cluster().brokerIds[0]!);
  const reply = await cluster().request(apis.InitProducerId, version, idempotent);
  expect(reply).toMatchObject({ errorCode: 0, producerEpoch: 0, throttleTimeMs: 0 });
  expect(reply.producerId).toBeGreaterThanOrEqual(0);
});

test('no id is given twice, whichever broker gives it', async () => {
  const ids: number[] = [];
  for (let round = 0; round < 5; round++) {
    for (const brokerId of cluster().brokerIds) ids.push(await newId(brokerId));
  }
  expect(new Set(ids).size).toBe(15);
});

test('one broker gives ascending ids', async () => {
  const brokerId = cluster().brokerIds[2]!;
  const first = await newId(brokerId);
  expect(await newId(brokerId)).toBeGreaterThan(first);
});

test('without a transactional id the timeout does not matter', async () => {
  await newId(cluster().brokerIds[0]!);
  const reply = await cluster().request(apis.InitProducerId, 5, {
    ...idempotent,
    transactionTimeoutMs: -1,
  });
  expect(errorName(reply.errorCode)).toBe('NONE');
});

test('an empty transactional id is INVALID_REQUEST', async () => {
  const reply = await cluster().request(apis.InitProducerId, 5, {
    ...idempotent,
    transactionalId: '',
  });
  expect(errorName(reply.errorCode)).toBe('INVALID_REQUEST');
  expect(reply).toMatchObject({ producerId: -1, producerEpoch: -1 });
});

test('without a transactional id a known producer id is replaced by a new one', async () => {
  const producerId = await newId(cluster().brokerIds[0]!);
  const again = await cluster().request(apis.InitProducerId, 5, {
    ...idempotent,
    producerId,
    producerEpoch: 0,
  });
  expect(errorName(again.errorCode)).toBe('NONE');
  expect(again.producerEpoch).toBe(0);
  expect(again.producerId).not.toBe(producerId);
});

/** A broker that still waits for its first block of ids says COORDINATOR_LOAD_IN_PROGRESS. */
async function newId(brokerId: number): Promise<number> {
  return await until('the broker has ids to give', async () => {
    const reply = await cluster().request(apis.InitProducerId, 5, idempotent, brokerId);
    if (errorName(reply.errorCode) === 'COORDINATOR_LOAD_IN_PROGRESS') return undefined;
    expect(errorName(reply.errorCode)).toBe('NONE');
    return reply.producerId;
  });
}
