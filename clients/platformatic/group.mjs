// @platformatic/kafka in a group: its Consumer, and what its Admin has for groups.
import { deepStrictEqual, equal } from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  Admin,
  Consumer,
  FetchIsolationLevels,
  ListOffsetTimestamps,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import { groupChecks } from '../js-checks/group-checks.mjs';
import { brokers, eventually, named } from '../js-checks/report.mjs';

export const options = { clientId: named('groups'), bootstrapBrokers: brokers };

const isolations = {
  read_committed: { isolationLevel: FetchIsolationLevels.READ_COMMITTED },
  read_uncommitted: { isolationLevel: FetchIsolationLevels.READ_UNCOMMITTED },
};

const kinds = {
  cooperative: { protocols: [{ name: 'cooperative-sticky', version: 3 }] },
  848: { groupProtocol: 'consumer' },
};

/** @type {import('../js-checks/group.mjs').Client['join']} */
export async function join(member, { groupId, topic, commits, sessionTimeout, ...how }) {
  const classic = { sessionTimeout: sessionTimeout ?? 60_000, heartbeatInterval: 500 };
  const consumer = new Consumer({
    ...{ ...options, groupId, deserializers: stringDeserializers },
    ...(how.kind === '848' ? {} : { ...classic, rebalanceTimeout: 60_000 }),
    ...(how.instanceId === undefined ? {} : { groupInstanceId: how.instanceId }),
    ...kinds[how.kind],
    ...isolations[how.isolation],
  });
  let assigned = '';
  const look = ({ isNews = false } = {}) => {
    const partitions = consumer.assignments?.flatMap((each) => each.partitions) ?? [];
    if (!isNews && partitions.join() === assigned) return;
    assigned = partitions.join();
    member.assigned(partitions);
  };
  consumer.on('consumer:group:join', () => look({ isNews: true }));
  // Within a rebalance it says only that there is one, and with KIP-848 only that it sends again.
  for (const event of ['consumer:group:rebalance', 'consumer:heartbeat:start']) {
    consumer.on(event, () => look());
  }
  const stream = await consumer.consume({
    ...{ topics: [topic], mode: 'committed', fallbackMode: 'earliest', maxWaitTime: 200 },
    autocommit: commits === 'auto' ? 100 : false,
  });
  const messages = new Map();
  stream.on('data', (message) => {
    const { partition, offset, key, value, commit } = message;
    messages.set(`${partition}@${offset}`, message);
    member.read([{ partition, offset: Number(offset), key, value }]);
    if (commits === 'each') commit();
  });
  return {
    ...{ consumer, messages },
    close: () => consumer.close(true),
    commit: (offsets) =>
      consumer.commit({
        offsets: offsets.map((offset, partition) => {
          return { topic, partition, offset: BigInt(offset), leaderEpoch: -1 };
        }),
      }),
  };
}

/** Calls `use` with what the checks of groups want of a client, and with its admin. */
export async function withGroupClient(use) {
  const admin = new Admin(options);
  const producer = new Producer({ ...options, serializers: stringSerializers });
  const client = {
    memberFile: fileURLToPath(new URL('member.mjs', import.meta.url)),
    leavesWhenStatic: true,
    async createTopic(topic, partitions) {
      await admin.createTopics({ topics: [topic], partitions, replicas: 3 });
      const all = Array.from({ length: partitions }, (_, partitionIndex) => {
        return { partitionIndex, timestamp: ListOffsetTimestamps.LATEST };
      });
      const topics = [{ name: topic, partitions: all }];
      await eventually(() => admin.listOffsets({ topics })); // each leader knows it
    },
    write: (topic, rows) => producer.send({ messages: rows.map((row) => ({ topic, ...row })) }),
    join,
    async committed(groupId) {
      const [{ topics }] = await admin.listConsumerGroupOffsets({ groups: [groupId] });
      const offsets = [-1, -1, -1, -1, -1, -1]; // what is not there is not told
      for (const { partitionIndex, committedOffset } of topics[0]?.partitions ?? []) {
        offsets[partitionIndex] = Number(committedOffset);
      }
      return offsets;
    },
    typeOf: async (groupId) =>
      (await admin.listGroups({ types: ['consumer'] })).get(groupId).groupType,
  };
  await use(client, admin);
  await Promise.all([admin.close(), producer.close()]);
}

/** The checks of groups with this client. */
export async function checkGroups() {
  await withGroupClient((client, admin) =>
    groupChecks(client, { own: { 'group-admin': (group) => administer(group, admin) } }),
  );
}

async function administer(group, admin) {
  const { id, topic } = group;
  await group.sharedBy(...(await Promise.all([group.join(), group.join()])));
  await group.round();
  equal((await admin.listGroups()).get(id).protocolType, 'consumer');
  const { state, protocol, members } = (await admin.describeGroups({ groups: [id] })).get(id);
  deepStrictEqual([state, protocol, members.size], ['Stable', 'roundrobin', 2]);
  await group.close();
  const partitionOffsets = group.written.map((_, partition) => ({ partition, offset: 3n }));
  await admin.alterConsumerGroupOffsets({
    groupId: id,
    topics: [{ name: topic, partitionOffsets }],
  });
  await group.committedEverywhere(3);
  const gone = [{ name: topic, partitionIndexes: [0, 1, 2, 3, 4] }];
  await admin.deleteConsumerGroupOffsets({ groupId: id, topics: gone });
  await admin.deleteGroups({ groups: [id] });
  equal((await admin.listGroups()).get(id), undefined);
  return 'list, describe, alter and delete offsets, delete';
}
