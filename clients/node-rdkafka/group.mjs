// node-rdkafka in a group: KafkaConsumer in flowing mode, with a rebalance callback.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import rdkafka from 'node-rdkafka';
import { groupChecks } from '../js-checks/group-checks.mjs';
import { admin, common, done, produce } from './client.mjs';

const { ERR__ASSIGN_PARTITIONS } = rdkafka.CODES.ERRORS;
const kinds = {
  cooperative: { 'partition.assignment.strategy': 'cooperative-sticky' },
  848: { 'group.protocol': 'consumer' },
};

/** @type {import('../js-checks/group.mjs').Client['join']} */
export async function join(member, { groupId, topic, commits, sessionTimeout, ...how }) {
  const classic = { 'heartbeat.interval.ms': 500, 'session.timeout.ms': sessionTimeout ?? 45_000 };
  const consumer = new rdkafka.KafkaConsumer(
    {
      ...{ ...common, 'group.id': groupId, rebalance_cb: true },
      ...{ 'enable.auto.commit': commits === 'auto', 'auto.commit.interval.ms': 100 },
      ...(how.kind === '848' ? {} : classic),
      ...(how.instanceId === undefined ? {} : { 'group.instance.id': how.instanceId }),
      ...kinds[how.kind],
      ...(how.isolation === undefined ? {} : { 'isolation.level': how.isolation }),
    },
    { 'auto.offset.reset': 'earliest' },
  );
  let owned = [];
  consumer.on('rebalance', ({ code }, changes) => {
    const changed = changes.map(({ partition }) => partition);
    const rest = owned.filter((partition) => !changed.includes(partition));
    owned = code === ERR__ASSIGN_PARTITIONS ? [...rest, ...changed] : rest;
    member.assigned(owned);
  });
  consumer.on('data', (message) => {
    const { partition, offset, key, value } = message;
    member.read([{ partition, offset, key: key.toString(), value: value.toString() }]);
    if (commits === 'each') consumer.commitMessage(message);
  });
  await done((callback) => consumer.connect({}, callback));
  consumer.setDefaultConsumeTimeout(100); // closing waits for it
  consumer.subscribe([topic]);
  consumer.consume();
  return {
    consumer,
    async close() {
      consumer.disconnect();
      await once(consumer, 'disconnected');
    },
    async commit(offsets) {
      consumer.commitSync(offsets.map((offset, partition) => ({ topic, partition, offset })));
    },
  };
}

/** What a group has committed, asked by one who is not in it. */
async function committed(groupId, topic) {
  const consumer = new rdkafka.KafkaConsumer({ ...common, 'group.id': groupId }, {});
  await done((callback) => consumer.connect({}, callback));
  const places = [0, 1, 2, 3, 4, 5].map((partition) => ({ topic, partition }));
  const answer = await done((callback) => consumer.committed(places, 10_000, callback));
  consumer.disconnect();
  await once(consumer, 'disconnected');
  return answer.map(({ offset = -1 }) => offset);
}

/** @type {import("../js-checks/group.mjs").Client} */
export const client = {
  memberFile: fileURLToPath(new URL('member.mjs', import.meta.url)),
  async createTopic(topic, partitions) {
    const shape = { topic, num_partitions: partitions, replication_factor: 3 };
    await done((callback) => admin.createTopic(shape, callback));
  },
  async write(topic, rows) {
    const bytes = rows.map((row) => ({ ...row, value: Buffer.from(row.value), headers: [] }));
    await produce(topic, bytes, { 'enable.idempotence': true });
  },
  ...{ join, committed },
};

/** The checks of groups with this client. */
export async function checkGroups() {
  await groupChecks(client, {
    missing: { 'group-admin': 'node-rdkafka has no administration of groups' },
  });
}
