import { expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { errorName } from '../harness/error-name.ts';
import type { Topic } from '../harness/topic.ts';
import { Transactional } from '../harness/transaction.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

interface Marker {
  readonly epoch: number;
  readonly coordinatorEpoch?: number;
  readonly committed?: boolean;
  readonly transactionVersion?: number;
  readonly partition?: number;
  readonly version?: number;
}

/** What `kafka-transactions abort` sends to a leader, and every coordinator. */
async function mark(topic: Topic, { producerId }: Transactional, marker: Marker) {
  const { coordinatorEpoch = 0, committed = false, transactionVersion = 0 } = marker;
  const { epoch: producerEpoch, partition = 0, version = 2 } = marker;
  const written = {
    ...{ producerId, producerEpoch, coordinatorEpoch, transactionVersion },
    ...{ transactionResult: committed },
    topics: [{ name: topic.name, partitionIndexes: [partition] }],
  };
  const body = { markers: [written] };
  const reply = await cluster().request(apis.WriteTxnMarkers, version, body, await topic.leader());
  return errorName(reply.markers[0]!.topics[0]!.partitions[0]!.errorCode);
}

async function open() {
  const topic = await cluster().topic();
  const producer = await Transactional.ready(cluster());
  await producer.write(topic, ['a']);
  return { topic, producer };
}

test.each([1, 2])('version %d ends an open transaction', async (version) => {
  const { topic, producer } = await open();
  expect(await mark(topic, producer, { epoch: 0, version })).toBe('NONE');
  expect(await topic.fetch({ isolationLevel: 1 })).toMatchObject({
    ...{ lastStableOffset: 2 },
    abortedTransactions: [{ firstOffset: 0 }],
  });
});

test('an older coordinator is fenced', async () => {
  const { topic, producer } = await open();
  expect(await mark(topic, producer, { epoch: 0, coordinatorEpoch: 5 })).toBe('NONE');
  const older = await mark(topic, producer, { epoch: 0, coordinatorEpoch: 4 });
  expect(older).toBe('TRANSACTION_COORDINATOR_FENCED');
});

test('an older epoch is refused', async () => {
  const { topic, producer } = await open();
  expect(await mark(topic, producer, { epoch: 3 })).toBe('NONE');
  expect(await mark(topic, producer, { epoch: 2 })).toBe('INVALID_PRODUCER_EPOCH');
});

test('with KIP-890 a marker has a new epoch, and may come twice', async () => {
  const { topic, producer } = await open();
  const modern = { transactionVersion: 2 };
  expect(await mark(topic, producer, { epoch: 0, ...modern })).toBe('INVALID_PRODUCER_EPOCH');
  expect(await mark(topic, producer, { epoch: 1, ...modern })).toBe('NONE');
  expect(await mark(topic, producer, { epoch: 1, ...modern })).toBe('NONE');
  expect(await topic.fetch({ isolationLevel: 1 })).toMatchObject({ highWatermark: 3 });
});

test('a partition that is not there', async () => {
  const { topic, producer } = await open();
  const nowhere = await mark(topic, producer, { epoch: 0, partition: 9 });
  expect(nowhere).toBe('UNKNOWN_TOPIC_OR_PARTITION');
});

test('a batch that comes after the end of its transaction begins none', async () => {
  const { topic, producer } = await open();
  const other = await cluster().topic();
  await producer.write(other, ['b']);
  await producer.ended(false);
  const late = await producer.send(other, ['c'], { epoch: 0, sequence: 1 });
  expect(late.error).toBe('INVALID_PRODUCER_EPOCH');
  expect((await topic.fetch({ isolationLevel: 1 })).lastStableOffset).toBe(2);
});
