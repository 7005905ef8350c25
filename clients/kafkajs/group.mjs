// kafkajs in a group: its Consumer, and what its Admin has for groups.
import { deepStrictEqual, equal } from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import { groupChecks } from '../js-checks/group-checks.mjs';
import { brokers, eventually, named } from '../js-checks/report.mjs';

const { Kafka, logLevel, Partitioners } = kafkajs;
export const kafka = new Kafka({ clientId: named('groups'), brokers, logLevel: logLevel.NOTHING });

/** @type {import('../js-checks/group.mjs').Client['join']} */
export async function join(member, { groupId, topic, commits, sessionTimeout, isolation }) {
  // It asks for a rebalance only between two fetches, and so often.
  const pace = { heartbeatInterval: 500, maxWaitTimeInMs: 200 };
  const readUncommitted = isolation === 'read_uncommitted';
  const consumer = kafka.consumer({ groupId, sessionTimeout, readUncommitted, ...pace });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) =>
    member.assigned(payload.memberAssignment[topic] ?? []),
  );
  consumer.on(consumer.events.REBALANCING, () => member.assigned([]));
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: commits === 'auto',
    autoCommitInterval: 100,
    async eachBatch({ batch: { partition, messages } }) {
      member.read(messages.map((message) => readOf(partition, message)));
      const offset = String(Number(messages.at(-1).offset) + 1);
      if (commits === 'each') await consumer.commitOffsets([{ topic, partition, offset }]);
    },
  });
  return {
    close: () => consumer.disconnect(),
    commit: (offsets) =>
      consumer.commitOffsets(
        offsets.map((offset, partition) => ({ topic, partition, offset: String(offset) })),
      ),
  };
}

function readOf(partition, { offset, key, value }) {
  return { partition, offset: Number(offset), key: key.toString(), value: value.toString() };
}

/** Calls `use` with what the checks of groups want of a client, and with its admin. */
export async function withGroupClient(use) {
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);
  const client = {
    memberFile: fileURLToPath(new URL('member.mjs', import.meta.url)),
    async createTopic(topic, numPartitions) {
      const shape = { topic, numPartitions, replicationFactor: 3 };
      await admin.createTopics({ topics: [shape], waitForLeaders: false });
      await eventually(() => admin.fetchTopicOffsets(topic)); // each leader knows it
    },
    write: (topic, rows) => producer.send({ topic, messages: rows }),
    join,
    async committed(groupId, topic) {
      const [{ partitions }] = await admin.fetchOffsets({ groupId, topics: [topic] });
      return partitions.sort((a, b) => a.partition - b.partition).map(({ offset }) => +offset);
    },
  };
  await use(client, admin);
  await Promise.all([admin.disconnect(), producer.disconnect()]);
}

/** The checks of groups with this client. */
export async function checkGroups() {
  await withGroupClient((client, admin) =>
    groupChecks(client, {
      missing: {
        'group-static': 'kafkajs has no group.instance.id',
        'group-cooperative': 'kafkajs has eager rebalancing only',
        'group-848': 'kafkajs has the classic protocol only',
      },
      own: { 'group-admin': (group) => administer(group, admin) },
    }),
  );
}

async function administer(group, admin) {
  const { id: groupId, topic } = group;
  await group.sharedBy(...(await Promise.all([group.join(), group.join()])));
  await group.round();
  const listed = async () => (await admin.listGroups()).groups.find((g) => g.groupId === groupId);
  equal((await listed()).protocolType, 'consumer');
  const { groups } = await admin.describeGroups([groupId]);
  const [{ state, protocol, members }] = groups;
  deepStrictEqual([state, protocol, members.length], ['Stable', 'RoundRobinAssigner', 2]);
  await group.close();
  await admin.resetOffsets({ groupId, topic, earliest: true });
  await group.committedEverywhere(-2); // it commits what means earliest
  await admin.deleteGroups([groupId]);
  equal(await listed(), undefined);
  return 'list, describe, reset offsets, delete';
}
