import { describe, expect, test } from 'vitest';
import { apis } from '../../../src/protocol/messages/index.ts';
import { values } from '../harness/batch.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();

describe('acks=1', () => {
  test('the reply carries the offset of the first record', async () => {
    const topic = await cluster().topic();
    expect(await topic.produce(values('a', 'b', 'c'), { acks: 1 })).toMatchObject({
      error: 'NONE',
      baseOffset: 0,
      logStartOffset: 0,
      recordErrors: [],
      errorMessage: null,
    });
    expect(await topic.produce(values('d'), { acks: 1 })).toMatchObject({ baseOffset: 3 });
  });

  test('is accepted whatever min.insync.replicas asks for', async () => {
    const topic = await cluster().topic({
      replicationFactor: 3,
      configs: { 'min.insync.replicas': '3' },
    });
    expect(await topic.produce(values('a'), { acks: 1 })).toMatchObject({ error: 'NONE' });
  });
});

describe('acks=all', () => {
  test('what was acknowledged is below the high watermark', async () => {
    const topic = await cluster().topic({ replicationFactor: 3 });
    expect(await topic.produce(values('a', 'b'))).toMatchObject({ error: 'NONE', baseOffset: 0 });
    expect(await topic.fetch()).toMatchObject({ error: 'NONE', highWatermark: 2 });
  });

  test.each(['1', '2', '3'])('three in sync satisfy min.insync.replicas=%s', async (minimum) => {
    const topic = await cluster().topic({
      replicationFactor: 3,
      configs: { 'min.insync.replicas': minimum },
    });
    expect(await topic.produce(values('a'))).toMatchObject({ error: 'NONE', baseOffset: 0 });
  });

  test('two replicas satisfy min.insync.replicas=3: no more can be asked of two', async () => {
    const topic = await cluster().topic({
      replicationFactor: 2,
      configs: { 'min.insync.replicas': '3' },
    });
    expect(await topic.produce(values('a'))).toMatchObject({ error: 'NONE', baseOffset: 0 });
  });

  test('one replica satisfies min.insync.replicas=2', async () => {
    const topic = await cluster().topic({ configs: { 'min.insync.replicas': '2' } });
    expect(await topic.produce(values('a'))).toMatchObject({ error: 'NONE', baseOffset: 0 });
  });

  test('a single replica answers even when the timeout is 0', async () => {
    const topic = await cluster().topic();
    expect(await topic.produce(values('a'), { timeoutMs: 0 })).toMatchObject({ error: 'NONE' });
  });
});

describe('acks=0', () => {
  test('there is no reply: the next reply belongs to the next request', async () => {
    const topic = await cluster().topic();
    const connection = await cluster().connect(await topic.leader());
    connection.post(apis.Produce, 13, topic.produceRequest(values('a'), { acks: 0 }));
    expect(await connection.request(apis.ApiVersions, 0, {})).toMatchObject({ errorCode: 0 });
    expect(connection.isOpen).toBe(true);
  });

  test('the records are written', async () => {
    const topic = await cluster().topic();
    const connection = await cluster().connect(await topic.leader());
    connection.post(apis.Produce, 13, topic.produceRequest(values('a', 'b'), { acks: 0 }));
    const records = await until('both records are there', async () => {
      const found = await topic.records();
      return found.length === 2 ? found : undefined;
    });
    expect(records.map(({ value }) => value)).toEqual(['a', 'b']);
  });

  test('an unknown partition closes the connection', async () => {
    const topic = await cluster().topic();
    const connection = await cluster().connect(await topic.leader());
    connection.post(apis.Produce, 13, topic.produceRequest(values('a'), { acks: 0, partition: 7 }));
    await connection.expectClosedWithoutReply();
  });

  test('an invalid batch closes the connection and writes nothing', async () => {
    const topic = await cluster().topic();
    const connection = await cluster().connect(await topic.leader());
    const twice = Buffer.concat([values('a'), values('b')]);
    connection.post(apis.Produce, 13, topic.produceRequest(twice, { acks: 0 }));
    await connection.expectClosedWithoutReply();
    expect(await topic.records()).toEqual([]);
  });

  test('a broker that does not lead the partition closes the connection', async () => {
    const topic = await cluster().topic({ replicationFactor: 3 });
    const connection = await cluster().connect(await topic.notLeader());
    connection.post(apis.Produce, 13, topic.produceRequest(values('a'), { acks: 0 }));
    await connection.expectClosedWithoutReply();
  });

  test('one failing partition of two closes the connection; the other is written', async () => {
    const topic = await cluster().topic();
    const connection = await cluster().connect(await topic.leader());
    const request = topic.produceRequest(values('a'), { acks: 0 });
    const [data] = request.topicData;
    connection.post(apis.Produce, 13, {
      ...request,
      topicData: [
        {
          ...data!,
          partitionData: [...data!.partitionData, { index: 7, records: [values('b')] }],
        },
      ],
    });
    await connection.expectClosedWithoutReply();
    expect((await topic.records()).map(({ value }) => value)).toEqual(['a']);
  });
});

describe('any other acks', () => {
  test.each([2, -2, 32767])('acks=%d is INVALID_REQUIRED_ACKS', async (acks) => {
    const topic = await cluster().topic();
    expect(await topic.produce(values('a'), { acks })).toMatchObject({
      error: 'INVALID_REQUIRED_ACKS',
      baseOffset: -1,
      logStartOffset: -1,
      logAppendTimeMs: -1,
      recordErrors: [],
      errorMessage: null,
    });
    expect(await topic.records()).toEqual([]);
  });

  test('an unknown partition is reported before the acks', async () => {
    const topic = await cluster().topic();
    const reply = await topic.produce(values('a'), {
      acks: 2,
      partition: 7,
      brokerId: await topic.leader(),
    });
    expect(reply).toMatchObject({ error: 'UNKNOWN_TOPIC_OR_PARTITION' });
  });
});
