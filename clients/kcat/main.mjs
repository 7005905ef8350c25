// kcat against a Kafka cluster.
import { deepStrictEqual, equal, ok } from 'node:assert/strict';
import { check, eventually, lacks, named } from '../js-checks/report.mjs';
import { checkGroups } from './group.mjs';
import { kcat, produce, read, readNext } from './kcat.mjs';
import { checkTransactions } from './transactions.mjs';

const topic = named('records');
/** What stands in the topic: key, value and headers of each record. */
const written = [];
const rows = (messages) =>
  messages.map(({ key, payload, headers = [] }) => [key, payload, headers]);

/** Writes records, each a line of input to kcat, and reads the topic from there. */
async function roundTrip(records, ...how) {
  const offset = written.length;
  const lines = records.map(([key, value]) => (key === null ? value : `${key}:${value ?? ''}`));
  const keyed = records[0][0] === null ? [] : ['-K', ':'];
  await produce(topic, lines, ...keyed, ...how);
  written.push(...records);
  await eventually(async () => deepStrictEqual(rows(await read(topic, offset)), records));
  return `${records.length} records`;
}

const numbered = (label, count = 20) =>
  Array.from({ length: count }, (_, i) => [`key ${i % 50}`, `${label} ${i}`, []]);

const groups = checkGroups();
const transactions = checkTransactions();

lacks('create-topic', 'kcat has no admin: the broker creates a topic that is written to');

for (const codec of ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd']) {
  const how = ['-z', codec === 'uncompressed' ? 'none' : codec];
  await check(`produce-${codec}`, async () => {
    for (const acks of ['0', '1', 'all']) {
      await roundTrip(numbered(`${codec} ${acks}`, 500), ...how, '-X', `acks=${acks}`);
    }
    return 'with each acks, 500 records';
  });
}

for (const acks of ['0', '1', 'all']) {
  await check(`acks-${acks}`, () => roundTrip(numbered(`acks ${acks}`), '-X', `acks=${acks}`));
}

// -p as it is without one: a topic that the broker creates has one partition to choose from
await check('keyed', () => roundTrip(numbered('keyed'), '-p', '-1'));
await check('unkeyed', () => {
  const records = numbered('no key').map(([, value]) => [null, value, []]);
  return roundTrip(records, '-p', '-1');
});

await check('null-value', async () => {
  await roundTrip([['gone', null, []]], '-Z');
  await roundTrip([['empty', '', []]]);
  return 'null with -Z, else empty';
});

await check('headers', async () => {
  const options = ['trace=1', 'trace=2', 'empty=', 'null'].flatMap((each) => ['-H', each]);
  const headers = ['trace', '1', 'trace', '2', 'empty', '', 'null', null];
  await roundTrip([['key', 'with headers', headers]], ...options);
  return 'a name twice, an empty and a null value';
});

await check('sizes', async () => {
  const lengths = [1, 100, 10_000, 1_048_000];
  const records = lengths.map((length) => [null, 'x'.repeat(length), []]);
  await roundTrip(records, '-X', 'message.max.bytes=2000000');
  return `${lengths.join(', ')} bytes`;
});

await check('idempotent', () =>
  roundTrip(numbered('idempotent', 500), '-X', 'enable.idempotence=true'),
);

async function readFrom(offset, from = offset) {
  const rest = written.slice(offset);
  deepStrictEqual(rows(await read(topic, from)), rest);
  return `${rest.length} records from offset ${offset}`;
}

await check('read-from-earliest', () => readFrom(0, 'beginning'));

await check('read-from-latest', async () => {
  const records = numbered('late', 3);
  deepStrictEqual(rows(await readNext(topic, 3, () => roundTrip(records))), records);
  return '3 records';
});

await check('read-from-offset', () => readFrom(7));

await check('read-from-timestamp', async () => {
  const all = await read(topic, 'beginning');
  const { ts } = all.at(-1);
  const { offset } = all.find((each) => each.ts >= ts);
  equal(await kcat(['-Q', '-t', `${topic}:0:${ts}`]), `${topic} [0] offset ${offset}\n`);
  return readFrom(offset, `s@${ts}`);
});

await check('compare-all', () => readFrom(0, 'beginning'));

await check('metadata', async () => {
  const { brokers, topics } = JSON.parse(await kcat(['-L', '-J', '-t', topic]));
  const ids = brokers.map(({ id }) => id).sort();
  equal(ids.length, 3);
  const [{ partitions }] = topics;
  equal(partitions.length, 1);
  const [{ leader, replicas, isrs }] = partitions;
  ok(ids.includes(leader));
  deepStrictEqual(replicas, [{ id: leader }]);
  deepStrictEqual(isrs, replicas);
  return `brokers ${ids.join(', ')}; leader ${leader}`;
});

lacks('admin', 'kcat has none');
await groups;
await transactions;
