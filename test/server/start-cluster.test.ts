import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { type KafkaCluster, replayRecording, startCluster } from '../../src/index.ts';

const quick = { 'broker.session.timeout.ms': 500, 'broker.heartbeat.interval.ms': 100 };
const threeTimes = { replicationFactor: 3, config: { 'min.insync.replicas': 2 } };

const kafkaAt = (cluster: KafkaCluster) =>
  new Kafka({ brokers: cluster.brokerList, logLevel: logLevel.NOTHING });

/** The clusters that kafkajs sees at these addresses, and their topics. */
async function seenBy(cluster: KafkaCluster) {
  const admin = kafkaAt(cluster).admin();
  await admin.connect();
  try {
    return { ...(await admin.describeCluster()), topics: await admin.listTopics() };
  } finally {
    await admin.disconnect();
  }
}

async function listenAt(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A port that a first broker gets, and the server that its second broker finds there already. */
async function freePortBeforeTakenOne(): Promise<{ port: number; taken: Server }> {
  for (;;) {
    const probe = await listenAt(0);
    const { port } = probe.address() as AddressInfo;
    const taken = await listenAt(port + 1).catch(() => undefined);
    probe.close();
    await once(probe, 'close');
    if (taken !== undefined) return { port, taken };
  }
}

describe('starting and stopping', () => {
  test('every broker listens where it says', async () => {
    await using cluster = await startCluster({ brokers: 2, config: { 'node.id': 4 }, seed: 9 });
    expect(cluster.brokers.map(({ id }) => id)).toEqual([4, 5]);
    expect(cluster.bootstrapServers).toBe(cluster.brokerList.join(','));
    expect(cluster.seed).toBe(9);
    const seen = await seenBy(cluster);
    expect(seen.clusterId).toBe(cluster.clusterId);
    expect(seen.brokers.map(({ host, port }) => `${host}:${port}`)).toEqual(cluster.brokerList);
  });

  test('the same seed gives the same cluster, another one another', async () => {
    await using first = await startCluster({ brokers: 1, seed: 1 });
    await using second = await startCluster({ brokers: 1, seed: 1 });
    await using third = await startCluster({ brokers: 1, seed: 2 });
    expect(second.clusterId).toBe(first.clusterId);
    expect(third.clusterId).not.toBe(first.clusterId);
  });

  test('a port in use is refused, and nothing is left running', async () => {
    const { port, taken } = await freePortBeforeTakenOne();
    const options = { brokers: 2, port };
    await expect(startCluster(options)).rejects.toMatchObject({ code: 'E_PORT_IN_USE' });
    taken.close();
    await once(taken, 'close');
    await using cluster = await startCluster(options);
    expect(cluster.brokers.map((broker) => broker.port)).toEqual([port, port + 1]);
  });

  test('a topic that Kafka refuses is refused with its reason, and nothing is left', async () => {
    const { port, taken } = await freePortBeforeTakenOne();
    const options = { brokers: 1, port };
    const refused = startCluster({ ...options, topics: { a: { replicationFactor: 2 } } });
    await expect(refused).rejects.toMatchObject({
      code: 'E_TOPIC_REFUSED',
      message: expect.stringMatching(/'a': INVALID_REPLICATION_FACTOR: /),
    });
    await using _cluster = await startCluster(options);
    taken.close();
  });

  test('a closed cluster says so, and may be closed again', async () => {
    const cluster = await startCluster({ brokers: 1, topics: { a: {} } });
    const partition = cluster.partition('a', 0);
    await cluster.close();
    await cluster.close();
    expect(() => partition.highWatermark).toThrow(expect.objectContaining({ code: 'E_CLOSED' }));
    await expect(cluster.reset()).rejects.toMatchObject({ code: 'E_CLOSED' });
  });
});

describe('topics and records', () => {
  test('records come back as they were sent, where their keys belong', async () => {
    await using cluster = await startCluster({ topics: { orders: { partitions: 3 } } });
    const topic = cluster.topic('orders');
    const headers = { trace: 'abc', empty: null };
    const places = await topic.produce([
      { key: 'a', value: 'one', headers, timestamp: 1000 },
      { key: 'b', value: Uint8Array.of(255, 0) },
      { key: 'a', value: null, partition: 2 },
      { key: 'a', value: 'two' },
    ]);
    const records = await topic.records();
    expect(records).toHaveLength(4);
    const at = (index: number) =>
      records.find((record) => {
        const { partition, offset } = places[index]!;
        return record.partition === partition && record.offset === offset;
      });
    expect(at(0)).toMatchObject({
      ...{ topic: 'orders', timestamp: 1000, key: 'a', value: 'one' },
      headers: [
        { key: 'trace', value: 'abc' },
        { key: 'empty', value: null },
      ],
    });
    expect(at(1)?.valueBytes).toEqual(Uint8Array.of(255, 0));
    expect([at(2)?.value, places[2]?.partition]).toEqual([null, 2]);
    expect(at(3)?.value).toBe('two');
    expect(places[3]?.partition).toBe(places[0]?.partition);
  });

  test('what kafkajs sends is there, compressed or not', async () => {
    await using cluster = await startCluster({ topics: { orders: threeTimes } });
    const producer = kafkaAt(cluster).producer();
    await producer.connect();
    for (const compression of [0, 1]) {
      const messages = [{ key: 'k', value: `codec ${compression}` }];
      await producer.send({ topic: 'orders', acks: -1, compression, messages });
    }
    await producer.disconnect();
    const values = (await cluster.topic('orders').records()).map(({ value }) => value);
    expect(values).toEqual(['codec 0', 'codec 1']);
  });

  test('what was deleted before an offset is gone, also from the middle of a batch', async () => {
    await using cluster = await startCluster({ brokers: 1, topics: { a: {} } });
    await cluster.topic('a').produce(['0', '1', '2'].map((value) => ({ value })));
    const admin = kafkaAt(cluster).admin();
    await admin.connect();
    await admin.fetchTopicOffsets('a'); // kafkajs has to have heard of the topic
    await admin.deleteTopicRecords({ topic: 'a', partitions: [{ partition: 0, offset: '2' }] });
    await admin.disconnect();
    expect((await cluster.topic('a').records()).map(({ value }) => value)).toEqual(['2']);
    expect(cluster.partition('a', 0).logStartOffset).toBe(2n);
  });

  test('acks all waits for every replica that is in sync, acks 1 for the leader', async () => {
    const slow = { 'broker.session.timeout.ms': 60_000, 'broker.heartbeat.interval.ms': 1000 };
    await using cluster = await startCluster({ topics: { a: threeTimes }, config: slow });
    const { leader, isr } = cluster.partition('a', 0);
    const follower = isr.find((id) => id !== leader!.id)!;
    void cluster.broker(follower).crash(); // nobody will notice in time
    await cluster.topic('a').produce({ value: 'v' }, { acks: 1 });
    const all = cluster.topic('a').produce({ value: 'v' }, { acks: 'all', timeoutMs: 20 });
    await expect(all).rejects.toThrow(/E_RECORDS_REFUSED: .*REQUEST_TIMED_OUT/);
    const { highWatermark, logEndOffset } = cluster.partition('a', 0);
    expect([highWatermark, logEndOffset]).toEqual([0n, 2n]);
  });

  test('a topic can be created later, once', async () => {
    await using cluster = await startCluster({ brokers: 1 });
    const topic = cluster.topic('late');
    expect(topic.exists).toBe(false);
    await topic.create({ partitions: 2, config: { 'retention.ms': 1000 } });
    expect([topic.exists, topic.partitions.length]).toEqual([true, 2]);
    await expect(topic.create()).rejects.toMatchObject({
      code: 'E_TOPIC_REFUSED',
      message: expect.stringContaining('TOPIC_ALREADY_EXISTS'),
    });
  });

  test('what is not there is named', async () => {
    await using cluster = await startCluster({ brokers: 1, topics: { a: {} } });
    expect(() => cluster.broker(2)).toThrow(/E_UNKNOWN_BROKER: there is no broker 2, only 1/);
    expect(() => cluster.topic('b').partitions).toThrow(/E_UNKNOWN_TOPIC: .*'b'/);
    expect(() => cluster.partition('a', 1).isr).toThrow(/E_UNKNOWN_PARTITION: .*only 1/);
    const toNowhere = cluster.topic('b').produce({ value: 'v' });
    await expect(toNowhere).rejects.toMatchObject({ code: 'E_UNKNOWN_TOPIC' });
  });

  test('too few in-sync replicas: the refusal has the name that Kafka gives it', async () => {
    await using cluster = await startCluster({
      brokers: 1,
      topics: { a: { config: { 'min.insync.replicas': 2 } } },
    });
    // min.insync.replicas is never more than there are replicas (KIP-966), so one suffices here
    await cluster.topic('a').produce({ value: 'v' });
    expect(cluster.partition('a', 0).highWatermark).toBe(1n);
    const tooLarge = cluster.topic('a').produce({ value: 'x'.repeat(2_000_000) });
    await expect(tooLarge).rejects.toThrow(/E_RECORDS_REFUSED: .*MESSAGE_TOO_LARGE/);
  });
});

describe('a broker that crashes', () => {
  test('its followers elect, and it catches up when it is back', async () => {
    await using cluster = await startCluster({ topics: { orders: threeTimes }, config: quick });
    const topic = cluster.topic('orders');
    const partition = topic.partition(0);
    await topic.produce({ value: 'before' });
    const first = partition.leader!;
    expect([partition.leaderEpoch, partition.isr.length, partition.highWatermark]).toEqual([
      0,
      3,
      1n,
    ]);

    await first.crash();
    expect(first.isRunning).toBe(false);
    await cluster.until(() => partition.leader !== null && partition.leader.id !== first.id);
    await topic.produce({ value: 'after' });
    expect([partition.leaderEpoch, partition.isr.length, partition.highWatermark]).toEqual([
      1,
      2,
      2n,
    ]);
    expect(() => partition.replica(first.id)).toThrow(/E_NOT_RUNNING/);

    await first.restart();
    await cluster.until(() => partition.isr.length === 3);
    expect(partition.replica(first.id)).toMatchObject({ logEndOffset: 2n, logStartOffset: 0n });
    expect((await topic.records()).map(({ value }) => value)).toEqual(['before', 'after']);
  });

  test('its clients see its connection and its port go, and come back', async () => {
    await using cluster = await startCluster({ brokers: 1, config: quick });
    const client = connect({ host: '127.0.0.1', port: cluster.broker(1).port });
    client.on('error', () => undefined); // a reset is one way to go
    await once(client, 'connect');
    const ended = new Promise((resolve) => client.once('close', () => resolve(true)));
    await cluster.broker(1).crash();
    expect(await ended).toBe(true);
    const { port } = cluster.broker(1);
    const refused = once(connect({ host: '127.0.0.1', port }), 'connect');
    await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await cluster.broker(1).restart();
    expect((await seenBy(cluster)).brokers).toHaveLength(1);
  });

  test('nothing can be sent to a partition whose only replica is down', async () => {
    await using cluster = await startCluster({ brokers: 1, topics: { a: {} }, config: quick });
    await cluster.broker(1).crash();
    const sent = cluster.topic('a').produce({ value: 'v' });
    await expect(sent).rejects.toMatchObject({ code: 'E_NOT_RUNNING' });
    const read = cluster.topic('a').records();
    await expect(read).rejects.toMatchObject({ code: 'E_NOT_RUNNING' });
  });
});

test('reset begins anew on the same ports', async () => {
  await using cluster = await startCluster({ topics: { orders: {} }, seed: 5, config: quick });
  const { bootstrapServers } = cluster;
  const orders = cluster.partition('orders', 0);
  await cluster.topic('orders').produce({ value: 'gone' });
  await cluster.topic('other').create();
  await cluster.broker(2).crash();

  await cluster.reset();
  expect(cluster.brokers.map((broker) => broker.isRunning)).toEqual([true, true, true]);
  expect([orders.highWatermark, orders.leaderEpoch]).toEqual([0n, 0]);
  expect(cluster.bootstrapServers).toBe(bootstrapServers);
  const seen = await seenBy(cluster);
  expect([seen.clusterId, seen.topics]).toEqual([cluster.clusterId, ['orders']]);
});

describe('recording', () => {
  test('what was recorded happens again, event for event', async () => {
    await using cluster = await startCluster({ topics: { orders: threeTimes }, record: true });
    const { leader } = cluster.partition('orders', 0);
    await cluster.topic('orders').produce([{ value: 'one' }, { value: 'two' }]);
    await leader!.crash();
    await cluster.topic('orders').produce({ value: 'three' });
    await leader!.restart();
    const text = cluster.recording();
    const events = cluster.events();
    expect(replayRecording(text)).toEqual(events.slice(0, replayRecording(text).length));
    const types = new Set(replayRecording(text).map(({ event }) => event.type));
    expect([...types]).toEqual(expect.arrayContaining(['appended', 'broker-crashed']));
  });

  test('what was not asked for is not there', async () => {
    await using cluster = await startCluster({ brokers: 1 });
    expect(() => cluster.recording()).toThrow(/E_BAD_OPTION: nothing was recorded/);
    expect(() => replayRecording('no recording')).toThrow(/E_BAD_RECORDING: line 1 /);
  });
});
