import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KafkaCluster, startCluster } from '../../src/index.ts';
import {
  type CompressionType,
  compress,
  decompress,
} from '../../src/protocol/records/compression.ts';
import { readWithKafkajs } from './reader.ts';

const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs;

let cluster: KafkaCluster;
let kafka: kafkajs.Kafka;
let admin: kafkajs.Admin;

/** kafkajs brings gzip; for the others it wants a codec to be given. */
function giveCodec(type: CompressionType, id: 2 | 3): void {
  CompressionCodecs[id] = () => ({
    compress: async (encoder: { buffer: Buffer }) => Buffer.from(compress(type, encoder.buffer)),
    decompress: async (bytes: Buffer) => {
      const outcome = decompress(id, bytes);
      if (!('bytes' in outcome)) throw new Error(`not ${type}`);
      return Buffer.from(outcome.bytes);
    },
  });
}

beforeAll(async () => {
  cluster = await startCluster();
  kafka = new Kafka({ brokers: cluster.brokerList, logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  await admin.connect();
  giveCodec('snappy', CompressionTypes.Snappy);
  giveCodec('lz4', CompressionTypes.LZ4);
});
afterAll(async () => {
  await admin.disconnect();
  await cluster.close();
});

async function createTopic(topic: string): Promise<void> {
  const topics = [{ topic, numPartitions: 1, replicationFactor: 3 }];
  await admin.createTopics({ topics, waitForLeaders: true });
}

describe.each([
  ['none', CompressionTypes.None],
  ['gzip', CompressionTypes.GZIP],
  ['snappy', CompressionTypes.Snappy],
  ['lz4', CompressionTypes.LZ4],
] as const)('codec %s', (codec, compression) => {
  test.each([0, 1, -1])('acks %i: what is sent is read, whole and in order', async (acks) => {
    const topic = `kafkajs-${codec}-${acks}`;
    await createTopic(topic);
    const producer = kafka.producer({ idempotent: acks === -1 });
    await producer.connect();
    const sent = Array.from({ length: 300 }, (_, index) => ({
      key: index % 3 === 0 ? null : `key ${index}`,
      value: index % 7 === 0 ? null : `value ${index} ${'x'.repeat(index)}`,
      headers: { trace: `t${index}` },
    }));
    for (let at = 0; at < sent.length; at += 100) {
      const messages = sent.slice(at, at + 100);
      await producer.send({ topic, acks, compression, messages });
    }
    await producer.disconnect();
    // acks=0 is not answered, so nothing but the end says that it has arrived.
    await cluster.until(() => cluster.partition(topic, 0).highWatermark === 300n);
    const read = await readWithKafkajs(kafka, topic);
    expect(
      read.map(({ key, value, headers }) => ({
        key: key?.toString() ?? null,
        value: value?.toString() ?? null,
        headers: { trace: headers.trace?.toString() },
      })),
    ).toEqual(sent);
    expect(read.map(({ offset }) => Number(offset))).toEqual(sent.map((_, index) => index));
  });
});

test('the admin client creates, describes, grows, configures and deletes', async () => {
  await createTopic('kafkajs-admin');
  await admin.createPartitions({ topicPartitions: [{ topic: 'kafkajs-admin', count: 4 }] });
  const { topics } = await admin.fetchTopicMetadata({ topics: ['kafkajs-admin'] });
  expect(topics[0]?.partitions).toHaveLength(4);
  const resource = { type: ConfigResourceTypes.TOPIC, name: 'kafkajs-admin' };
  const configEntries = [{ name: 'retention.ms', value: '60000' }];
  await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] });
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ ...resource, configNames: ['retention.ms'] }],
  });
  expect(described.resources[0]?.configEntries[0]?.configValue).toBe('60000');
  expect((await admin.describeCluster()).brokers).toHaveLength(3);
  await admin.deleteTopics({ topics: ['kafkajs-admin'] });
  expect(await admin.listTopics()).not.toContain('kafkajs-admin');
});

test('offsets are found by time, and records are deleted', async () => {
  await createTopic('kafkajs-offsets');
  const producer = kafka.producer();
  await producer.connect();
  const timestamps = [1000, 2000, 3000].map((ms) => String(Date.now() - 10_000 + ms));
  const messages = timestamps.map((timestamp) => ({ value: 'v', timestamp }));
  await producer.send({ topic: 'kafkajs-offsets', messages });
  await producer.disconnect();
  const found = await admin.fetchTopicOffsetsByTimestamp('kafkajs-offsets', Number(timestamps[1]));
  expect(found).toEqual([{ partition: 0, offset: '1' }]);
  const partitions = [{ partition: 0, offset: '2' }];
  await admin.deleteTopicRecords({ topic: 'kafkajs-offsets', partitions });
  const [ends] = await admin.fetchTopicOffsets('kafkajs-offsets');
  expect(ends).toMatchObject({ low: '2', high: '3' });
});

test('a topic that is not there is made by producing to it', async () => {
  const producer = kafka.producer({ allowAutoTopicCreation: true });
  await producer.connect();
  await producer.send({ topic: 'kafkajs-auto', messages: [{ value: 'hello' }] });
  await producer.disconnect();
  const read = await readWithKafkajs(kafka, 'kafkajs-auto');
  expect(read.map(({ value }) => value?.toString())).toEqual(['hello']);
});
