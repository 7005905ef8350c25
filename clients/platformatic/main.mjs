// @platformatic/kafka against a Kafka cluster: Producer, Admin and the Fetch of its Consumer.
import { deepStrictEqual, equal, ok } from 'node:assert/strict';
import {
  Admin,
  CompressionAlgorithms,
  ConfigResourceTypes,
  Consumer,
  defaultPartitioner,
  IncrementalAlterConfigOperationTypes,
  ListOffsetTimestamps,
  ProduceAcks,
  Producer,
} from '@platformatic/kafka';
import { Journal, same } from '../js-checks/journal.mjs';
import { keyed, nullValues, sizes, unkeyed, withHeaders } from '../js-checks/records.mjs';
import { brokers, check, eventually, named } from '../js-checks/report.mjs';
import { checkGroups } from './group.mjs';
import { checkTransactions } from './transactions.mjs';

const beside = [checkGroups(), checkTransactions()]; // as they mostly wait
const topic = named('records');
const options = { clientId: named('platformatic'), bootstrapBrokers: brokers };
const admin = new Admin(options);
const producer = new Producer(options);
const consumer = new Consumer({ ...options, groupId: named('never-joined') });

const config = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic };
const retention = async () => {
  const resources = [{ ...config, configurationKeys: ['retention.ms'] }];
  const [described] = await admin.describeConfigs({ resources });
  return described.configs[0].value;
};

await check('create-topic', async () => {
  const configs = [{ name: 'retention.ms', value: '-1' }];
  const [created] = await admin.createTopics({
    topics: [topic],
    partitions: 3,
    replicas: 3,
    configs,
  });
  deepStrictEqual([created.partitions, created.replicas], [3, 3]);
  await eventually(async () => equal(await retention(), '-1'));
  await eventually(bounds); // each leader knows it
});

const { topics } = await admin.metadata({ topics: [topic] });
const { id: topicId, partitions } = topics.get(topic);

/** That many records of a partition from an offset on. Each Fetch waits until there is one more. */
async function read(partition, offset, count) {
  const rows = [];
  while (rows.length < count) {
    const next = rows.length === 0 ? offset : rows.at(-1).offset + 1;
    const fetched = await fetch(partition, next);
    if (fetched.length === 0) throw new Error(`offset ${next} does not come`);
    rows.push(...fetched);
  }
  return rows.slice(0, count);
}

async function fetch(partition, offset) {
  const { leader, leaderEpoch } = partitions[partition];
  const wanted = {
    ...{ partition, fetchOffset: BigInt(offset), partitionMaxBytes: 2 ** 20 },
    ...{ currentLeaderEpoch: leaderEpoch, lastFetchedEpoch: -1 },
  };
  const { responses } = await consumer.fetch({
    ...{ node: leader, minBytes: 1, maxBytes: 2 ** 22, maxWaitTime: 10_000 },
    topics: [{ topicId, partitions: [wanted] }],
  });
  const batches = responses
    .flatMap((each) => each.partitions)
    .flatMap((each) => each.records ?? []);
  return batches
    .flatMap((batch) => batch.records.map((record) => rowOf(partition, batch, record)))
    .filter((row) => row.offset >= offset); // a batch comes whole
}

function rowOf(partition, { firstOffset, firstTimestamp }, record) {
  const { key, value, headers, offsetDelta, timestampDelta } = record;
  return {
    ...{ partition, offset: Number(firstOffset) + offsetDelta, key, value },
    timestamp: Number(firstTimestamp + timestampDelta),
    headers: headers.map(([name, each]) => [name.toString(), each]),
  };
}

const journal = new Journal(read);

/** Asked by the admin: on the consumer's connection it would wait behind a Fetch. */
async function offsetsAt(timestamp) {
  const asked = [0, 1, 2].map((partitionIndex) => ({ partitionIndex, timestamp }));
  const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions: asked }] });
  const offsetOf = new Map(listed.partitions.map((each) => [each.partitionIndex, each.offset]));
  return asked.map(({ partitionIndex }) => Number(offsetOf.get(partitionIndex)));
}

async function bounds() {
  const low = await offsetsAt(ListOffsetTimestamps.EARLIEST);
  const high = await offsetsAt(ListOffsetTimestamps.LATEST);
  return high.map((each, partition) => ({ partition, low: low[partition], high: each }));
}

/** Produces rows that have a partition, and says at what offset each one is. */
async function produce(rows, { acks = ProduceAcks.ALL, ...how } = {}) {
  const before = await bounds();
  const messages = rows.map(({ key, value, headers, timestamp, partition }) => ({
    ...{ topic, partition, key, value, timestamp: BigInt(timestamp) },
    // A Map by Buffer: so a name can come twice.
    headers: new Map(headers.map(([name, each]) => [Buffer.from(name), each])),
  }));
  const { offsets } = await producer.send({ messages, acks, ...how });
  const next = new Map(
    acks === ProduceAcks.NO_RESPONSE
      ? before.map(({ partition, high }) => [partition, high])
      : offsets.map(({ partition, offset }) => [partition, Number(offset)]),
  );
  return rows.map((row) => {
    const offset = next.get(row.partition);
    next.set(row.partition, offset + 1);
    return { ...row, offset };
  });
}

const spread = (rows) => rows.map((row, i) => ({ ...row, partition: i % 3 }));
const produceAndRead = async (rows, how) => journal.readBack(await produce(spread(rows), how));

/** Produces one row where the client's own partitioner sends it. */
async function produceAnywhere(row) {
  const messages = [
    { topic, key: row.key ?? undefined, value: row.value, timestamp: BigInt(row.timestamp) },
  ];
  const { offsets } = await producer.send({ messages, acks: ProduceAcks.ALL });
  return { ...row, partition: offsets[0].partition, offset: Number(offsets[0].offset) };
}

for (const [name, compression] of Object.entries({
  uncompressed: CompressionAlgorithms.NONE,
  gzip: CompressionAlgorithms.GZIP,
  snappy: CompressionAlgorithms.SNAPPY,
  lz4: CompressionAlgorithms.LZ4,
  zstd: CompressionAlgorithms.ZSTD,
})) {
  await check(`produce-${name}`, () => produceAndRead(unkeyed(name, 20), { compression }));
}

const { NO_RESPONSE, LEADER, ALL } = ProduceAcks;
await check('acks-0', () => produceAndRead(unkeyed('acks 0', 10), { acks: NO_RESPONSE }));
await check('acks-1', () => produceAndRead(unkeyed('acks 1', 10), { acks: LEADER }));
await check('acks-all', () => produceAndRead(unkeyed('acks all', 10), { acks: ALL }));

await check('keyed', async () => {
  const written = [];
  for (const row of keyed('a', 'b', 'c', 'd', 'e')) written.push(await produceAnywhere(row));
  for (const row of written) equal(row.partition, defaultPartitioner(row, row.key) % 3);
  return journal.readBack(written);
});
await check('unkeyed', async () => {
  const written = [];
  for (const row of unkeyed('unkeyed', 10)) written.push(await produceAnywhere(row));
  return journal.readBack(written);
});
await check('null-value', () => produceAndRead(nullValues()));
await check('headers', () => produceAndRead(withHeaders()));
await check('sizes', async () => {
  for (const row of sizes()) await produceAndRead([row]);
  return '1 B, 100 B, 10 KB, 1 MiB less 100 B';
});
await check('idempotent', () => produceAndRead(unkeyed('idempotent', 30), { idempotent: true }));

await check('read-from-earliest', async () => {
  const rows = journal.rows(0);
  same(await read(0, (await bounds())[0].low, rows.length), rows);
  return `${rows.length} records`;
});
await check('read-from-latest', async () => {
  const { high } = (await bounds())[1];
  const reading = read(1, high, 1);
  const written = await produce([{ ...unkeyed('latest', 1)[0], partition: 1 }]);
  same(await reading, written);
  return journal.readBack(written);
});
await check('read-from-offset', async () => {
  const rows = journal.rows(2).slice(5);
  same(await read(2, rows[0].offset, rows.length), rows);
  return `from ${rows[0].offset}`;
});
await check('read-from-timestamp', async () => {
  const middle = journal.rows(0)[7];
  equal((await offsetsAt(BigInt(middle.timestamp)))[0], middle.offset);
  same(await read(0, middle.offset, 1), [middle]);
});
await check('compare-all', async () => journal.compareAll(await bounds()));

await check('metadata', async () => {
  const metadata = await admin.metadata({ topics: [topic], forceUpdate: true });
  const addresses = [...metadata.brokers.values()].map(({ host, port }) => `${host}:${port}`);
  deepStrictEqual(addresses.sort(), [...brokers].sort());
  ok(metadata.brokers.has(metadata.controllerId));
  for (const { leader, isr } of metadata.topics.get(topic).partitions) {
    ok(metadata.brokers.has(leader) && isr.length === 3);
  }
  return `${metadata.brokers.size} brokers, ${partitions.length} partitions`;
});

await check('admin', async () => {
  await admin.createPartitions({ topics: [{ name: topic, count: 4 }] });
  await eventually(async () => {
    const grown = await admin.metadata({ topics: [topic], forceUpdate: true });
    equal(grown.topics.get(topic).partitionsCount, 4);
  });
  const configOperation = IncrementalAlterConfigOperationTypes.SET;
  const configs = [{ name: 'retention.ms', value: '60000', configOperation }];
  await admin.incrementalAlterConfigs({ resources: [{ ...config, configs }] });
  await eventually(async () => equal(await retention(), '60000'));
  const [deleted] = await admin.deleteRecords({
    topics: [{ name: topic, partitions: [{ partition: 0, offset: 3n }] }],
  });
  equal(deleted.partitions[0].lowWatermark, 3n);
  await admin.deleteTopics({ topics: [topic] });
  await eventually(async () => ok(!(await admin.listTopics()).includes(topic)));
  return 'create partitions, alter configs, delete records, list and delete topics';
});

await Promise.all(beside);
await Promise.all([producer.close(), consumer.close(), admin.close()]);
