// node-rdkafka, librdkafka for Node, against a Kafka cluster.
import { deepStrictEqual, equal, ok } from 'node:assert/strict';
import { Journal, same } from '../js-checks/journal.mjs';
import { keyed, nullValues, sizes, unkeyed, withHeaders } from '../js-checks/records.mjs';
import { brokers, check, eventually, named } from '../js-checks/report.mjs';
import * as client from './client.mjs';
import { checkGroups } from './group.mjs';
import { checkTransactions } from './transactions.mjs';

const { admin, consumer, done } = client;
const beside = [checkGroups(), checkTransactions()]; // as they mostly wait
const topic = named('records');
const read = (partition, offset, count) => client.read(topic, partition, offset, count);
const journal = new Journal(read);

async function described() {
  const { brokers: nodes, topics } = await done((callback) =>
    consumer.getMetadata({ topic, timeout: 10_000 }, callback),
  );
  return { nodes, partitions: topics.find(({ name }) => name === topic)?.partitions ?? [] };
}

await check('create-topic', async () => {
  const shape = { topic, num_partitions: 3, replication_factor: 3 };
  const config = { 'retention.ms': '-1' };
  await done((callback) => admin.createTopic({ ...shape, config }, callback));
  await eventually(async () => {
    const { partitions } = await described();
    deepStrictEqual(
      partitions.map(({ replicas }) => replicas.length),
      [3, 3, 3],
    );
  });
  return 'node-rdkafka sets a config and cannot show it';
});

/** Low and high offset of a partition. */
async function bounds(partition) {
  const { lowOffset: low, highOffset: high } = await done((callback) =>
    consumer.queryWatermarkOffsets(topic, partition, 10_000, callback),
  );
  return { partition, low, high };
}

const produce = (rows, config) => client.produce(topic, rows, config);
const produceAndRead = async (rows, config) => journal.readBack(await produce(rows, config));

for (const [name, codec] of Object.entries({
  uncompressed: 'none',
  gzip: 'gzip',
  snappy: 'snappy',
  lz4: 'lz4',
  zstd: 'zstd',
})) {
  const config = { 'compression.codec': codec };
  await check(`produce-${name}`, () => produceAndRead(unkeyed(name, 20), config));
}

await check('acks-0', async () => {
  const { high } = await bounds(0);
  const rows = unkeyed('acks 0', 10).map((row) => ({ ...row, partition: 0 }));
  const written = await produce(rows, { acks: 0 });
  return journal.readBack(written.map((row, i) => ({ ...row, offset: high + i })));
});
await check('acks-1', () => produceAndRead(unkeyed('acks 1', 10), { acks: 1 }));
await check('acks-all', () => produceAndRead(unkeyed('acks all', 10), { acks: -1 }));

await check('keyed', async () => {
  const written = await produce(keyed('a', 'b', 'c', 'd', 'e'));
  for (const { key, partition } of written) {
    equal(partition, written.find((row) => row.key.equals(key)).partition);
  }
  return journal.readBack(written);
});
await check('unkeyed', () => produceAndRead(unkeyed('unkeyed', 10)));
await check('null-value', async () => {
  const seen = await produceAndRead(nullValues({ empty: false }));
  return `${seen}; node-rdkafka makes an empty value null`;
});
await check('headers', async () => {
  const seen = await produceAndRead(withHeaders({ nulls: false }));
  return `${seen}; node-rdkafka makes a null value the text null`;
});
await check('sizes', async () => {
  await produceAndRead(sizes());
  return '1 B, 100 B, 10 KB, 1 MiB less 100 B';
});
await check('idempotent', () =>
  produceAndRead(unkeyed('idempotent', 30), { 'enable.idempotence': true }),
);

await check('read-from-earliest', async () => {
  const rows = journal.rows(0);
  same(await read(0, 'earliest', rows.length), rows);
  return `${rows.length} records`;
});
await check('read-from-latest', async () => {
  const { high } = await bounds(1);
  const reading = read(1, high, 1);
  const written = await produce([{ ...unkeyed('latest', 1)[0], partition: 1 }]);
  same(await reading, written);
  return journal.readBack(written);
});
await check('read-from-offset', async () => {
  const rows = journal.rows(0).slice(5);
  same(await read(0, rows[0].offset, rows.length), rows);
  return `from ${rows[0].offset}`;
});
await check('read-from-timestamp', async () => {
  const middle = journal.rows(0)[7];
  const time = { topic, partition: 0, offset: middle.timestamp };
  const [found] = await done((callback) => consumer.offsetsForTimes([time], 10_000, callback));
  equal(found.offset, middle.offset);
  same(await read(0, found.offset, 1), [middle]);
});
await check('compare-all', async () =>
  journal.compareAll([await bounds(0), await bounds(1), await bounds(2)]),
);

await check('metadata', async () => {
  const { nodes, partitions } = await described();
  deepStrictEqual(nodes.map(({ host, port }) => `${host}:${port}`).sort(), [...brokers].sort());
  const ids = nodes.map(({ id }) => id);
  for (const { leader, isrs } of partitions) ok(ids.includes(leader) && isrs.length === 3);
  return `${nodes.length} brokers, ${partitions.length} partitions`;
});

await check('admin', async () => {
  await done((callback) => admin.createPartitions(topic, 4, callback));
  await eventually(async () => equal((await described()).partitions.length, 4));
  await done((callback) => admin.deleteTopic(topic, callback));
  await eventually(async () => equal((await described()).partitions.length, 0));
  return 'create partitions, delete topic';
});

await Promise.all(beside);
admin.disconnect();
consumer.disconnect();
