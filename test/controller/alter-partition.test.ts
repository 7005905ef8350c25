import { expect, test } from 'vitest';
import { alterPartition } from '../../src/controller/alter-partition.ts';
import { replay } from '../../src/controller/cluster-metadata.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { brokers, clusterOf, contextOf, topic } from './make.ts';

/** Broker 1 leads t-0 on 1, 2 and 3, in leader epoch 1 and partition epoch 2; 3 is not in sync. */
const metadata = clusterOf(
  ...brokers(4),
  ...topic('t', [1, 2, 3]),
  { type: 'partition-change', topicId: 't', partition: 0, leader: 1 },
  { type: 'partition-change', topicId: 't', partition: 0, isr: [1, 2] },
);

const request = {
  brokerId: 1,
  brokerEpoch: 100,
  topicId: 't',
  partition: 0,
  leaderEpoch: 1,
  partitionEpoch: 2,
  isr: [1, 2, 3],
};
const ask = (change: Partial<typeof request>, image = metadata) =>
  alterPartition(contextOf(image), { ...request, ...change });
const errorOf = (change: Partial<typeof request>, image = metadata) =>
  ask(change, image).response.errorCode;

test('a change of the ISR keeps the leader epoch and moves the partition epoch on', () => {
  const { records, response } = ask({});
  expect(response).toMatchObject({
    errorCode: ErrorCode.NONE,
    partition: { isr: [1, 2, 3], leader: 1, leaderEpoch: 1, partitionEpoch: 3 },
  });
  const after = replay(metadata, records).topicsById.get('t')?.partitions[0];
  expect(after).toEqual(response.partition);
});

test('a caller that is behind is told in what, and nothing changes', () => {
  expect(errorOf({ brokerEpoch: 99 })).toBe(ErrorCode.STALE_BROKER_EPOCH);
  expect(errorOf({ topicId: 'gone' })).toBe(ErrorCode.UNKNOWN_TOPIC_ID);
  expect(errorOf({ leaderEpoch: 0 })).toBe(ErrorCode.FENCED_LEADER_EPOCH);
  expect(errorOf({ partitionEpoch: 1 })).toBe(ErrorCode.INVALID_UPDATE_VERSION);
  expect(ask({ partitionEpoch: 1 }).records).toEqual([]);
});

test('a caller that is ahead must have spoken with another controller', () => {
  expect(errorOf({ leaderEpoch: 2 })).toBe(ErrorCode.NOT_CONTROLLER);
  expect(errorOf({ partitionEpoch: 3 })).toBe(ErrorCode.NOT_CONTROLLER);
  // Kafka looks for this before it looks for who is behind.
  expect(errorOf({ leaderEpoch: 0, partitionEpoch: 3 })).toBe(ErrorCode.NOT_CONTROLLER);
});

test('only the leader may ask, and only for a set of replicas that has it', () => {
  expect(errorOf({ brokerId: 2, brokerEpoch: 200 })).toBe(ErrorCode.INVALID_REQUEST);
  for (const isr of [[], [2, 3], [1, 4], [1, 2, 2]]) {
    expect(errorOf({ isr }), `${isr}`).toBe(ErrorCode.INVALID_REQUEST);
  }
});

test('a fenced broker may not join', () => {
  const fenced = replay(metadata, [
    { type: 'broker-registration-change', brokerId: 3, fenced: true },
  ]);
  expect(errorOf({}, fenced)).toBe(ErrorCode.INELIGIBLE_REPLICA);
  expect(errorOf({ isr: [1] }, fenced)).toBe(ErrorCode.NONE);
});
