import { deepStrictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Group } from '../js-checks/group.mjs';
import { until } from '../js-checks/member.mjs';
import { brokers, check, eventually, lacks } from '../js-checks/report.mjs';
import { kcat, messages, produce, read, start } from './kcat.mjs';

// The broker creates topics, with one partition each: what is a partition elsewhere is a topic here,
// and a strategy that shares topics one by one would give all of them to the first member.
const numbers = [0, 1, 2, 3, 4, 5];
const topicOf = (topic, partition) => `${topic}-${partition}`;
const partitionOf = (topic) => Number(topic.at(-1));
const strategies = { cooperative: 'cooperative-sticky' };

/** @type {import('../js-checks/group.mjs').Client['join']} */
async function join(member, { groupId, topic, sessionTimeout, instanceId, kind }) {
  const configs = {
    'auto.offset.reset': 'earliest',
    'auto.commit.interval.ms': 100,
    'fetch.wait.max.ms': 100,
    'heartbeat.interval.ms': 500,
    'partition.assignment.strategy': strategies[kind] ?? 'roundrobin',
    ...(sessionTimeout === undefined ? {} : { 'session.timeout.ms': sessionTimeout }),
    ...(instanceId === undefined ? {} : { 'group.instance.id': instanceId }),
  };
  const options = Object.entries(configs).flatMap(([name, value]) => ['-X', `${name}=${value}`]);
  const topics = numbers.map((partition) => topicOf(topic, partition));
  const child = start(['-G', groupId, ...options, '-J', '-u', ...topics]);
  createInterface({ input: child.stdout }).on('line', (line) => member.read(rows(line)));
  createInterface({ input: child.stderr }).on('line', (line) => {
    const change = changeOf(line);
    if (change === undefined) return;
    const rest = member.partitions.filter((each) => !change.partitions.includes(each));
    member.assigned(change.isGain ? [...rest, ...change.partitions] : rest);
  });
  const end = async (signal) => {
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  };
  return { close: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

const rows = (lines) =>
  messages(lines).map(({ topic, offset, key, payload }) => {
    return { partition: partitionOf(topic), offset, key, value: payload };
  });

/** What a line says of partitions: `% Group … rebalanced …: prefix-0 [0], prefix-1 [0]`. */
function changeOf(line) {
  const [, kind, list] = /^% Group .* rebalanced.*(assign|revoke).*: (.*)$/.exec(line) ?? [];
  if (kind === undefined) return undefined;
  const topics = [...list.matchAll(/(\S+) \[0\]/g)].map(([, topic]) => topic);
  return { isGain: kind === 'assign', partitions: topics.map(partitionOf) };
}

/** What a group has committed in one topic: before that offset kcat shows nothing. */
async function committedIn(groupId, topic) {
  const how = ['-X', `group.id=${groupId}`, '-X', 'enable.auto.commit=false'];
  const [first] = await read(topic, 'stored', ...how, '-X', 'auto.offset.reset=earliest');
  if (first !== undefined) return first.offset;
  const [last] = await read(topic, -1);
  return last.offset + 1;
}

async function allAreLed(broker, topic) {
  const { topics } = JSON.parse(await kcat(['-b', broker, '-L', '-J']));
  const isLed = ({ partitions }) => partitions.some(({ leader }) => leader >= 0);
  const led = topics.filter(isLed).map((each) => each.topic);
  deepStrictEqual(led.filter((name) => name.startsWith(`${topic}-`)).length, numbers.length);
}

/** In order, though it may have to be sent again. */
const carefully = ['-K', ':', '-X', 'enable.idempotence=true'];

const client = {
  // One asks for it, and it is there; but each broker learns of it, and leads it, on its own.
  async createTopic(topic) {
    await Promise.all(numbers.map((number) => kcat(['-L', '-t', topicOf(topic, number)])));
    await Promise.all(brokers.map((broker) => eventually(() => allAreLed(broker, topic))));
  },
  async write(topic, written) {
    const lines = numbers.map((partition) =>
      written
        .filter((row) => row.partition === partition)
        .map(({ key, value }) => `${key}:${value}`),
    );
    await Promise.all(
      numbers.map((number) => produce(topicOf(topic, number), lines[number], ...carefully)),
    );
  },
  committed: (groupId, topic) =>
    Promise.all(numbers.map((number) => committedIn(groupId, topicOf(topic, number)))),
  join,
};

async function inGroup(name, work) {
  const group = await Group.create(client, name);
  try {
    return await work(group);
  } finally {
    await group.close();
  }
}

async function members() {
  let [group, first, second, third] = [];
  await check('group-two-members', async () => {
    group = await Group.create(client, 'members');
    [first, second] = await Promise.all([group.join(), group.join()]);
    const shares = await group.sharedBy(first, second);
    await group.readByOwners();
    return shares;
  });
  await check('group-third-member', async () => {
    third = await group.join({ sessionTimeout: 6000 });
    const shares = await group.sharedBy(first, second, third);
    await group.round();
    return shares;
  });
  await check('group-killed-member', async () => {
    await third.client.kill();
    third.assigned([]);
    third.client = undefined;
    await group.write();
    const shares = await group.sharedBy(first, second);
    await group.allRead();
    return `${shares}; ${group.written.flat().length} records`;
  });
  await group?.close();
}

async function commits() {
  let group;
  await check('group-auto-commit', () =>
    inGroup('commits', async (created) => {
      group = created;
      await group.join();
      await group.allRead();
      await group.close();
      await group.committedEverywhere(5);
      return '30 records';
    }),
  );
  await check('group-resume', async () => {
    const again = group.another();
    const rest = await group.write();
    const member = await again.join();
    await until(() => member.reads.length >= rest.length, 'the rest is read', [member]);
    const inOrder = member.reads.toSorted(
      (a, b) => a.partition - b.partition || a.offset - b.offset,
    );
    deepStrictEqual(inOrder, rest);
    await again.close();
    return `${rest.length} records from offset 5 on`;
  });
}

async function staticMember(group) {
  const first = await group.join({ instanceId: 'first' });
  const second = await group.join({ instanceId: 'second' });
  await group.sharedBy(first, second);
  await group.allRead();
  const [before, history] = [first.partitions, [...second.history]];
  await first.close();
  const again = await group.join({ instanceId: 'first' });
  const shares = await group.sharedBy(again, second);
  deepStrictEqual(again.partitions, before);
  deepStrictEqual(second.history, history);
  await group.round();
  return shares;
}

async function cooperative(group) {
  const first = await group.join({ kind: 'cooperative' });
  await group.sharedBy(first);
  const since = first.history.length - 1;
  const second = await group.join({ kind: 'cooperative' });
  const shares = await group.sharedBy(first, second);
  const isKept = (had) => first.partitions.every((kept) => had.includes(kept));
  deepStrictEqual(
    first.history.slice(since).filter((had) => !isKept(had)),
    [],
  );
  await group.round();
  return `${shares}; the first kept ${first.partitions.join(' ')}`;
}

/** All beside each other, as most of their time is waiting. */
export async function checkGroups() {
  lacks('group-manual-commit', 'kcat commits what it has shown, and nothing else');
  lacks('group-848', 'librdkafka 2.0.2 is older than that protocol');
  lacks('group-admin', 'kcat has none');
  await Promise.all([
    members(),
    commits(),
    check('group-static', () => inGroup('static', staticMember)),
    check('group-cooperative', () => inGroup('cooperative', cooperative)),
  ]);
}
