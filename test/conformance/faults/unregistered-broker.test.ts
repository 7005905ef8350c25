import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { partitionOf } from '../harness/control.ts';
import { errorName } from '../harness/error-name.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
let witness: number;
let other: number;
let struck: number;

beforeAll(() => {
  [witness, other, struck] = cluster().brokerIds as [number, number, number];
});

async function strikeOff() {
  const { errorCode, errorMessage } = await cluster().request(
    apis.UnregisterBroker,
    0,
    { brokerId: struck },
    witness,
  );
  return { error: errorName(errorCode), errorMessage };
}

/** All registered brokers, fenced or not. */
async function registered(askedBrokerId = witness) {
  const body = { includeFencedBrokers: true };
  const { brokers } = await cluster().request(apis.DescribeCluster, 2, body, askedBrokerId);
  return brokers.map(({ brokerId }) => brokerId).sort();
}

const untilUnknown = (askedBrokerId: number) =>
  until(`broker ${askedBrokerId} does not know it any more`, async () => {
    return (await registered(askedBrokerId)).includes(struck) ? undefined : true;
  });

/** A topic that the broker leads, and one of which it has to be in sync for acks=all. */
async function ledAndNeeded(): Promise<[Topic, Topic]> {
  const replicas = [[struck, witness]];
  const configs = { 'min.insync.replicas': '2' };
  const led = await cluster().topic({ replicas });
  const needed = await cluster().topic({ replicas, configs });
  for (const topic of [led, needed]) await topic.produce(values('a'));
  return [led, needed];
}

describe.each(['dead', 'running'])('a %s broker that is struck off', (state) => {
  let led: Topic;
  let needed: Topic;
  let isBack = false;

  beforeAll(async () => {
    [led, needed] = await ledAndNeeded();
    if (state === 'dead') {
      await cluster().control.crash(struck);
      await led.untilInSync([witness], 0, witness);
    }
    expect(await strikeOff()).toEqual({ error: 'NONE', errorMessage: '' });
    await untilUnknown(witness);
  });

  async function startAnew(): Promise<void> {
    if (state === 'running') await cluster().control.crash(struck);
    await cluster().control.restart(struck);
    isBack = true;
  }

  afterAll(async () => {
    if (!isBack) await startAnew();
  });

  test('is not registered any more, and cannot be struck off twice', async () => {
    expect(await registered()).toEqual([witness, other]);
    expect(await strikeOff()).toEqual({
      error: 'BROKER_ID_NOT_REGISTERED',
      errorMessage: `Broker ID ${struck} is not currently registered`,
    });
  });

  test('leads nothing and is in sync nowhere, but stays a replica', async () => {
    const shown = { leaderId: witness, leaderEpoch: 1, isrNodes: [witness] };
    const replica = { replicaNodes: [struck, witness], offlineReplicas: [struck] };
    for (const [topic, eligible] of [[led, []] as const, [needed, [struck]] as const]) {
      expect(await partitionOf(cluster(), topic.name, 0, witness)).toMatchObject({
        ...{ error: 'NONE', ...shown, ...replica, eligibleLeaderReplicas: eligible },
      });
    }
    await cluster().untilApplied(witness);
    expect(await led.produce(values('b'))).toMatchObject({ error: 'NONE', baseOffset: 1 });
    expect(await needed.produce(values('b'))).toMatchObject({ error: 'NOT_ENOUGH_REPLICAS' });
  });

  const runsOn = async () => {
    await untilUnknown(struck);
    await until('it follows', async () => {
      const reply = await led.produce(values('x'), { brokerId: struck, acks: 1 });
      return reply.error === 'NOT_LEADER_OR_FOLLOWER' ? reply : undefined;
    });
    expect(await led.produce(values('x'), { brokerId: struck })).toMatchObject({
      error: 'NOT_LEADER_OR_FOLLOWER',
      currentLeader: { leaderId: witness, leaderEpoch: 1 },
    });
    // Longer than a heartbeat, which would tell the controller of it.
    const { highWatermark: offset } = await led.fetch();
    await led.fetch({ offset, maxWaitMs: 1500 });
    expect(await registered()).toEqual([witness, other]);
  };
  if (state === 'running') test('runs on, refers to the others and stays unknown', runsOn);

  test('is there again, and grows back into the ISR, once it is started anew', async () => {
    await startAnew();
    for (const topic of [led, needed]) {
      await topic.untilInSync([struck, witness], 0, witness);
      expect(await partitionOf(cluster(), topic.name, 0, witness)).toMatchObject({
        ...{ leaderId: witness, leaderEpoch: 1, eligibleLeaderReplicas: [] },
      });
    }
    expect(await registered()).toEqual([witness, other, struck]);
  });
});
