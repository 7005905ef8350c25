import { expect, test } from 'vitest';
import { alterPartition } from '../../src/controller/alter-partition.ts';
import { replay } from '../../src/controller/cluster-metadata.ts';
import type { LeaderRecoveryState } from '../../src/controller/metadata-records.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { brokers, clusterOf, contextOf, topic, topicConfig, withElr } from './make.ts';

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
  leaderRecoveryState: 'Recovered' as LeaderRecoveryState,
};
type Change = Partial<typeof request> & { epochs?: Record<number, number> };

/** Every member in the process that runs now, unless `epochs` says otherwise. */
const ask = ({ epochs, ...change }: Change, image = metadata) => {
  const asked = { ...request, ...change };
  const isr = asked.isr.map((brokerId) => {
    const brokerEpoch = epochs?.[brokerId] ?? brokerId * 100;
    return { brokerId, brokerEpoch };
  });
  return alterPartition(contextOf(image), { ...asked, isr });
};
const errorOf = (change: Change, image = metadata) => ask(change, image).response.errorCode;

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
  expect(errorOf({ partition: 9 })).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
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

test('a broker that is about to end may not join, nor another process than is meant', () => {
  const ending = replay(metadata, [
    { type: 'broker-registration-change', brokerId: 3, inControlledShutdown: true },
  ]);
  expect(errorOf({}, ending)).toBe(ErrorCode.INELIGIBLE_REPLICA);
  expect(errorOf({ epochs: { 3: 299 } })).toBe(ErrorCode.INELIGIBLE_REPLICA);
  expect(errorOf({ epochs: { 3: -1 } })).toBe(ErrorCode.NONE);
});

test('who recovers is alone in sync, and who has recovered has done so for good', () => {
  const recovering = replay(metadata, [
    { type: 'partition-change', topicId: 't', partition: 0, leaderRecoveryState: 'Recovering' },
  ]);
  const leaderRecoveryState = 'Recovering';
  const asked = { partitionEpoch: 3, leaderRecoveryState } as const;
  expect(errorOf({ ...asked, isr: [1] }, recovering)).toBe(ErrorCode.NONE);
  expect(errorOf({ ...asked, isr: [1, 2] }, recovering)).toBe(ErrorCode.INVALID_REQUEST);
  expect(errorOf({ leaderRecoveryState, isr: [1] })).toBe(ErrorCode.INVALID_REQUEST);
  const recovered = ask({ partitionEpoch: 3 }, recovering).response.partition;
  expect(recovered).toMatchObject({ isr: [1, 2, 3], leaderRecoveryState: 'Recovered' });
});

test('who leaves an ISR below its minimum stays eligible, until the ISR is large enough', () => {
  const before = replay(metadata, [withElr, topicConfig('min.insync.replicas', '2')]);
  const shrunk = ask({ isr: [1] }, before);
  expect(shrunk.response.partition).toMatchObject({ isr: [1], elr: [2] });
  const image = replay(before, shrunk.records);
  const grown = ask({ isr: [1, 3], partitionEpoch: 3 }, image);
  expect(grown.response.partition).toMatchObject({ isr: [1, 3], elr: [] });
});

test('the change that completes a reassignment may take the lead from who asks for it', () => {
  const reassigning = replay(metadata, [
    {
      ...{ type: 'partition-change', topicId: 't', partition: 0 },
      ...{ replicas: [3, 2, 1], addingReplicas: [3], removingReplicas: [1] },
    },
  ]);
  const { records, response } = ask({ partitionEpoch: 3 }, reassigning);
  expect(response).toEqual({ errorCode: ErrorCode.NEW_LEADER_ELECTED, partition: undefined });
  const after = replay(reassigning, records).topicsById.get('t')?.partitions[0];
  expect(after).toMatchObject({ replicas: [3, 2], isr: [2, 3], leader: 3, leaderEpoch: 2 });
  expect(after).toMatchObject({ addingReplicas: [], removingReplicas: [] });
});
