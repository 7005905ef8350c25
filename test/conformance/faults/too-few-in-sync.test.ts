import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import type { Topic } from '../harness/topic.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

/** Topics of three replicas led by the same broker, by their min.insync.replicas. */
const topics = new Map<number, Topic>();
let lowered: Topic;
let leader: number;
let second: number;
let third: number;

beforeAll(async () => {
  [leader, second, third] = cluster().brokerIds as [number, number, number];
  const replicas = [leader, second, third];
  lowered = await cluster().topic({
    replicas: [replicas],
    configs: { 'min.insync.replicas': '2' },
  });
  for (const minimum of [1, 2, 3]) {
    const topic = await cluster().topic({
      replicas: [replicas],
      configs: { 'min.insync.replicas': String(minimum) },
    });
    topics.set(minimum, topic);
    await topic.produce(values('before'));
  }
});

afterAll(async () => {
  for (const brokerId of [second, third]) await cluster().control.restart(brokerId);
});

async function untilInSync(brokerIds: readonly number[]): Promise<void> {
  for (const topic of [...topics.values(), lowered]) await topic.untilInSync(brokerIds, 0, leader);
}

async function highWatermark(topic: Topic): Promise<number> {
  return (await topic.fetch()).highWatermark;
}

/** acks=0 on a connection that is then asked something, to know that it still stands. */
async function produceWithoutReply(topic: Topic): Promise<void> {
  const connection = await cluster().connect(leader);
  connection.post(apis.Produce, 13, topic.produceRequest(values('acks=0'), { acks: 0 }));
  await connection.request(apis.ApiVersions, 0, {});
}

function acksAll(minimum: number, accepted: boolean): void {
  const outcome = accepted ? 'accepted' : 'NOT_ENOUGH_REPLICAS';
  test(`acks=all with min.insync.replicas=${minimum} is ${outcome}`, async () => {
    const topic = topics.get(minimum)!;
    const before = await highWatermark(topic);
    const reply = await topic.produce(values('acks=all'));
    if (accepted) {
      expect(reply).toMatchObject({ error: 'NONE', baseOffset: before });
      expect(await highWatermark(topic)).toBe(before + 1);
    } else {
      expect(reply).toMatchObject({
        error: 'NOT_ENOUGH_REPLICAS',
        baseOffset: -1,
        recordErrors: [],
      });
    }
  });
}

function acksOne(minimum: number, visible: boolean): void {
  const outcome = visible ? 'can be read' : 'cannot be read yet';
  test(`acks=1 with min.insync.replicas=${minimum} is accepted and ${outcome}`, async () => {
    const topic = topics.get(minimum)!;
    const before = await highWatermark(topic);
    const reply = await topic.produce(values('acks=1'), { acks: 1 });
    expect(reply.error).toBe('NONE');
    const offset = reply.baseOffset;
    if (visible) {
      await until('it is below the high watermark', async () => {
        return (await highWatermark(topic)) === offset + 1 ? true : undefined;
      });
    } else {
      expect(await highWatermark(topic)).toBe(before);
      expect(await topic.fetch({ offset: before })).toMatchObject({
        error: 'NONE',
        batches: [],
      });
    }
  });
}

function acksNone(minimum: number): void {
  test(`acks=0 with min.insync.replicas=${minimum} keeps the connection open`, async () => {
    await produceWithoutReply(topics.get(minimum)!);
  });
}

describe('two of three replicas are in sync', () => {
  beforeAll(async () => {
    await cluster().control.crash(third);
    await untilInSync([leader, second]);
  });
  for (const minimum of [1, 2]) {
    acksAll(minimum, true);
    acksOne(minimum, true);
  }
  acksAll(3, false);
  acksOne(3, false);
  acksNone(3);

  test('a replica that is gone is still one of the replicas', async () => {
    const { partitions } = await topics.get(3)!.describe(leader);
    expect(partitions[0]).toMatchObject({ replicaNodes: [leader, second, third] });
    expect(partitions[0]!.offlineReplicas).toEqual([third]);
  });
});

describe('one of three replicas is in sync', () => {
  beforeAll(async () => {
    await cluster().control.crash(second);
    await untilInSync([leader]);
  });
  acksAll(1, true);
  acksOne(1, true);
  for (const minimum of [2, 3]) {
    acksAll(minimum, false);
    acksOne(minimum, false);
    acksNone(minimum);
  }

  test('the latest offset that ListOffsets tells stands still as well', async () => {
    const topic = topics.get(2)!;
    const latest = await topic.listOffset(-1);
    await topic.produce(values('hidden'), { acks: 1 });
    expect(await topic.listOffset(-1)).toMatchObject({ offset: latest.offset });
  });

  test('lowering min.insync.replicas lets acks=all through', async () => {
    expect(await lowered.produce(values('no'))).toMatchObject({ error: 'NOT_ENOUGH_REPLICAS' });
    await cluster().request(apis.IncrementalAlterConfigs, 1, {
      resources: [
        {
          resourceType: 2,
          resourceName: lowered.name,
          configs: [{ name: 'min.insync.replicas', configOperation: 0, value: '1' }],
        },
      ],
    });
    await until('acks=all is accepted', async () => {
      return (await lowered.produce(values('yes'))).error === 'NONE' ? true : undefined;
    });
    expect(await lowered.records()).toMatchObject([{ offset: 0, value: 'yes' }]);
  });
});

describe('all three are in sync again', () => {
  beforeAll(async () => {
    await Promise.all([second, third].map((id) => cluster().control.restart(id)));
    await untilInSync([leader, second, third]);
  });

  test.each([2, 3])('what acks=1 wrote meanwhile can be read (minimum %d)', async (minimum) => {
    const topic = topics.get(minimum)!;
    const { baseOffset } = await topic.produce(values('after'));
    const texts = (await topic.records()).map(({ value }) => value);
    expect(texts).toHaveLength(baseOffset + 1);
    expect(texts[0]).toBe('before');
    expect(texts).toEqual(expect.arrayContaining(['acks=1', 'acks=0']));
  });

  test('what was refused was not written', async () => {
    const found = (await topics.get(3)!.fetch()).batches;
    const texts = found.flatMap(({ records }) => records.map(({ value }) => value));
    expect(texts).not.toContain('acks=all');
  });

  test.each([1, 2, 3])('acks=all is accepted again (minimum %d)', async (minimum) => {
    const reply = await topics.get(minimum)!.produce(values('after'));
    expect(reply).toMatchObject({ error: 'NONE' });
  });
});
