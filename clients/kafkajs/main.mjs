// kafkajs against a Kafka cluster: Producer and Admin as its documentation has them.
import { deepStrictEqual, equal, ok } from 'node:assert/strict';
import kafkajs from 'kafkajs';
import { Journal, same } from '../js-checks/journal.mjs';
import { keyed, nullValues, sizes, unkeyed, withHeaders } from '../js-checks/records.mjs';
import { brokers, check, eventually, named } from '../js-checks/report.mjs';
import './codecs.mjs';
import { checkGroups } from './group.mjs';
import { Reader } from './reader.mjs';
import { checkTransactions } from './transactions.mjs';

const { CompressionTypes, ConfigResourceTypes, Kafka, logLevel, Partitioners } = kafkajs;

const beside = [checkGroups(), checkTransactions()]; // as they mostly wait
const topic = named('records');
const kafka = new Kafka({ clientId: named('kafkajs'), brokers, logLevel: logLevel.ERROR });
const admin = kafka.admin();
await admin.connect();

const config = { type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms'] };
const retention = async () => {
  const { resources } = await admin.describeConfigs({ resources: [config] });
  return resources[0].configEntries[0].configValue;
};

/** Low and high offset of each partition. */
async function bounds() {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets
    .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
}

await check('create-topic', async () => {
  const configEntries = [{ name: 'retention.ms', value: '-1' }];
  const shape = { topic, numPartitions: 3, replicationFactor: 3, configEntries };
  ok(await admin.createTopics({ topics: [shape], waitForLeaders: false }));
  await eventually(bounds); // each leader knows it
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  equal(topics[0].partitions.length, 3);
  equal(topics[0].partitions[0].replicas.length, 3);
  await eventually(async () => equal(await retention(), '-1'));
});

const reader = await Reader.open(kafka, topic);
const journal = new Journal(reader.read);

/** Produces rows and says where each went, which kafkajs says for the first of a partition only. */
async function produce(rows, { acks = -1, compression, idempotent = false } = {}) {
  const partitions = [];
  const createPartitioner = () => {
    const partitionOf = Partitioners.DefaultPartitioner();
    return (args) => {
      partitions.push(partitionOf(args));
      return partitions.at(-1);
    };
  };
  const messages = rows.map(({ key, value, headers, timestamp, partition }) => ({
    ...{ key, value, partition, timestamp: String(timestamp) },
    headers: headersOf(headers),
  }));
  const before = await bounds();
  const producer = kafka.producer({ idempotent, createPartitioner });
  await producer.connect();
  const written = await producer.send({ topic, acks, compression, messages });
  await producer.disconnect();
  const next = new Map(
    acks === 0
      ? before.map(({ partition, high }) => [partition, high])
      : written.map(({ partition, baseOffset }) => [partition, Number(baseOffset)]),
  );
  return rows.map((row, i) => {
    const offset = next.get(partitions[i]);
    next.set(partitions[i], offset + 1);
    return { ...row, partition: partitions[i], offset };
  });
}

/** An object in kafkajs; a name that comes twice has a list. */
function headersOf(headers) {
  const values = (name) => headers.filter(([each]) => each === name).map(([, value]) => value);
  return Object.fromEntries(
    headers.map(([name]) => [name, values(name).length === 1 ? values(name)[0] : values(name)]),
  );
}

const produceAndRead = async (rows, how) => journal.readBack(await produce(rows, how));

for (const [name, codec] of Object.entries({
  uncompressed: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
})) {
  await check(`produce-${name}`, () => produceAndRead(unkeyed(name, 20), { compression: codec }));
}

await check('acks-0', () => produceAndRead(unkeyed('acks 0', 10), { acks: 0 }));
await check('acks-1', () => produceAndRead(unkeyed('acks 1', 10), { acks: 1 }));
await check('acks-all', () => produceAndRead(unkeyed('acks all', 10), { acks: -1 }));

await check('keyed', async () => {
  const written = await produce(keyed('a', 'b', 'c', 'd', 'e'));
  const seen = await journal.readBack(written);
  for (const { key, partition } of written) {
    equal(partition, written.find((row) => row.key.equals(key)).partition);
  }
  return seen;
});
await check('unkeyed', () => produceAndRead(unkeyed('unkeyed', 10)));
await check('null-value', () => produceAndRead(nullValues()));
await check('headers', async () => {
  const seen = await produceAndRead(withHeaders({ nulls: false }));
  return `${seen}; kafkajs has no header without a value`;
});
await check('sizes', async () => {
  for (const row of sizes()) await produceAndRead([row]);
  return '1 B, 100 B, 10 KB, 1 MiB less 100 B';
});
await check('idempotent', () => produceAndRead(unkeyed('idempotent', 30), { idempotent: true }));

await check('read-from-earliest', async () => {
  const rows = journal.rows(0);
  same(await reader.read(0, (await bounds())[0].low, rows.length), rows);
  return `${rows.length} records`;
});
await check('read-from-latest', async () => {
  const { high } = (await bounds())[1];
  const reading = reader.read(1, high, 1);
  const written = await produce([{ ...unkeyed('latest', 1)[0], partition: 1 }]);
  same(await reading, written);
  return journal.readBack(written);
});
await check('read-from-offset', async () => {
  const rows = journal.rows(2).slice(5);
  same(await reader.read(2, rows[0].offset, rows.length), rows);
  return `from ${rows[0].offset}`;
});
await check('read-from-timestamp', async () => {
  const middle = journal.rows(0)[7];
  const found = await admin.fetchTopicOffsetsByTimestamp(topic, middle.timestamp);
  equal(Number(found.find(({ partition }) => partition === 0).offset), middle.offset);
  same(await reader.read(0, middle.offset, 1), [middle]);
});
await check('compare-all', async () => journal.compareAll(await bounds()));

await check('metadata', async () => {
  const cluster = await admin.describeCluster();
  const addresses = cluster.brokers.map(({ host, port }) => `${host}:${port}`);
  deepStrictEqual(addresses.sort(), [...brokers].sort());
  const ids = cluster.brokers.map(({ nodeId }) => nodeId);
  ok(ids.includes(cluster.controller));
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  for (const { leader, isr } of topics[0].partitions) ok(ids.includes(leader) && isr.length === 3);
  return `${ids.length} brokers, ${topics[0].partitions.length} partitions`;
});

await check('admin', async () => {
  await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] });
  await eventually(async () => equal((await admin.fetchTopicOffsets(topic)).length, 4));
  const configEntries = [{ name: 'retention.ms', value: '60000' }];
  await admin.alterConfigs({ validateOnly: false, resources: [{ ...config, configEntries }] });
  await eventually(async () => equal(await retention(), '60000'));
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] });
  equal((await bounds())[0].low, 3);
  await admin.deleteTopics({ topics: [topic] });
  await eventually(async () => ok(!(await admin.listTopics()).includes(topic)));
  return 'create partitions, alter configs, delete records, list and delete topics';
});

await Promise.all(beside);
await reader.close();
await admin.disconnect();
