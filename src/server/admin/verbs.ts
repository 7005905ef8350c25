import { losses } from '../../broker/broker-event.ts';
import type { KafkaCluster } from '../kafka-cluster.ts';
import { node, plane } from './answers.ts';
import { either, flag, listOf, mapOf, oneOf, probability, text, whole } from './kind.ts';
import { given, inPath, needed, optional, type Verb, verb } from './verb.ts';

const broker = inPath(whole, 'id of a broker');
const controller = inPath(whole, 'id of a controller');
const topic = inPath(text, 'name of a topic');
const partition = inPath(whole, 'number of a partition');
const group = inPath(text, 'id of a group');
const withinMs = optional(whole, 'how long to wait; default: 5000');
const onPlane = optional(plane, 'only this kind of connection; default: all between the two');
const oneWay = optional(flag, 'only what the first sends to the second');
const latencyMs = optional(whole, 'how late everything comes');
const jitterMs = optional(whole, 'at most so much later, drawn for each message');
const loss = optional(probability, 'how likely a packet is lost; TCP sends it again, later');

const brokerOf = (cluster: KafkaCluster, id: number) =>
  cluster.status().brokers.find((each) => each.id === cluster.broker(id).id)!;

const reading: readonly Verb[] = [
  verb({
    name: 'status',
    method: 'GET',
    path: '/cluster',
    command: 'status',
    about: 'brokers, controllers, partitions, and links that are not healthy',
    parameters: {},
    answer: 'Cluster',
    run: (cluster) => cluster.status(),
  }),
  verb({
    name: 'broker',
    method: 'GET',
    path: '/brokers/{broker}',
    about: 'one broker',
    parameters: { broker },
    answer: 'Broker',
    run: (cluster, { broker }) => brokerOf(cluster, broker),
  }),
  verb({
    name: 'controllers',
    method: 'GET',
    path: '/controllers',
    command: 'controller',
    about: 'who is the active controller, and the quorum',
    parameters: {},
    answer: 'Controllers',
    run: (cluster) => cluster.status().controllers,
  }),
  verb({
    name: 'partition',
    method: 'GET',
    path: '/partitions/{topic}/{partition}',
    about: 'one partition and its replicas',
    parameters: { topic, partition },
    answer: 'Partition',
    run: (cluster, { topic, partition }) => cluster.partition(topic, partition).status(),
  }),
];

const processes: readonly Verb[] = [
  verb({
    name: 'crash',
    method: 'POST',
    path: '/brokers/{broker}/crash',
    command: 'crash',
    about: 'ends a broker or controller as kill -9 does; answers when the others have noticed',
    parameters: { broker, lose: optional(oneOf(losses), 'of its log; default: nothing') },
    answer: 'Broker',
    async run(cluster, { broker, lose }) {
      await cluster.broker(broker).crash(given({ lose }));
      return brokerOf(cluster, broker);
    },
  }),
  ...(
    [
      ['restart', 'starts it again on its log and its port; answers when it is let in'],
      ['shutdown', 'ends it in good order: it hands over what it leads first'],
      ['pause', 'stops it in the midst of things, as SIGSTOP does; its connections stay'],
      ['resume', 'lets it go on after a pause'],
    ] as const
  ).map(([name, about]) =>
    verb({
      name,
      method: 'POST',
      path: `/brokers/{broker}/${name}`,
      command: name,
      about,
      parameters: { broker },
      answer: 'Broker',
      async run(cluster, { broker }) {
        await cluster.broker(broker)[name]();
        return brokerOf(cluster, broker);
      },
    }),
  ),
  ...(['crash', 'restart', 'shutdown', 'pause', 'resume'] as const).map((name) =>
    verb({
      name: `${name}Controller`,
      method: 'POST',
      path: `/controllers/{controller}/${name}`,
      command: name,
      about: 'the same for a controller, and the broker at its node, if there is one',
      parameters: { controller },
      answer: 'Controllers',
      async run(cluster, { controller }) {
        await cluster.controller(controller)[name]();
        return cluster.status().controllers;
      },
    }),
  ),
  verb({
    name: 'addBroker',
    method: 'POST',
    path: '/brokers',
    command: 'add-broker',
    about: 'adds a broker and answers when it is let in',
    parameters: {
      id: optional(whole, 'default: the next free one'),
      rack: optional(text, 'its broker.rack'),
      config: optional(mapOf(text), 'broker configs of its own'),
    },
    answer: 'Broker',
    async run(cluster, options) {
      const { id } = await cluster.addBroker(given(options));
      return brokerOf(cluster, id);
    },
  }),
  verb({
    name: 'removeBroker',
    method: 'DELETE',
    path: '/brokers/{broker}',
    command: 'remove-broker',
    about: 'shuts a broker down, strikes it off and drops its disk',
    parameters: { broker },
    answer: 'Brokers',
    async run(cluster, { broker }) {
      await cluster.removeBroker(broker);
      return cluster.status().brokers;
    },
  }),
];

const network: readonly Verb[] = [
  verb({
    name: 'link',
    method: 'POST',
    path: '/links',
    command: 'link',
    about: 'changes how what one node sends to another travels',
    parameters: {
      from: needed(node, "id of a node, or 'clients'"),
      to: needed(node, "id of a node, or 'clients'"),
      plane: onPlane,
      latencyMs,
      jitterMs,
      loss,
      cut: optional(flag, 'nothing arrives until it is healed'),
    },
    answer: 'Links',
    run(cluster, { from, to, plane, ...change }) {
      cluster.link({ from, to, ...given({ plane }) }, given(change));
      return cluster.status().links;
    },
  }),
  verb({
    name: 'cut',
    method: 'POST',
    path: '/links/cut',
    command: 'cut',
    about: 'cuts two nodes off from each other; what they send arrives once it is healed',
    parameters: {
      one: needed(node, "id of a node, or 'clients'"),
      other: needed(node, "id of a node, or 'clients'"),
      plane: onPlane,
      oneWay,
    },
    answer: 'Links',
    run(cluster, { one, other, ...options }) {
      cluster.cut(one, other, given(options));
      return cluster.status().links;
    },
  }),
  verb({
    name: 'slow',
    method: 'POST',
    path: '/links/slow',
    command: 'slow',
    about: 'makes the network between two nodes slow or lossy',
    parameters: {
      one: needed(node, "id of a node, or 'clients'"),
      other: needed(node, "id of a node, or 'clients'"),
      plane: onPlane,
      oneWay,
      latencyMs,
      jitterMs,
      loss,
    },
    answer: 'Links',
    run(cluster, { one, other, ...options }) {
      cluster.slow(one, other, given(options));
      return cluster.status().links;
    },
  }),
  verb({
    name: 'isolate',
    method: 'POST',
    path: '/links/isolate',
    command: 'isolate',
    about: 'cuts a node off from everybody',
    parameters: {
      node: needed(whole, 'id of a node'),
      keep: optional(listOf(plane), 'kinds of connection that stay as they are'),
    },
    answer: 'Links',
    run(cluster, { node, keep }) {
      cluster.isolate(node, given({ keep }));
      return cluster.status().links;
    },
  }),
  verb({
    name: 'heal',
    method: 'POST',
    path: '/heal',
    command: 'heal',
    about: 'mends every link; what was held arrives',
    parameters: {},
    answer: 'Links',
    run(cluster) {
      cluster.heal();
      return cluster.status().links;
    },
  }),
];

const partitions: readonly Verb[] = [
  verb({
    name: 'elect',
    method: 'POST',
    path: '/partitions/{topic}/{partition}/elect',
    command: 'elect',
    about: 'elects the preferred leader, or the one named, or any that is alive (unclean)',
    parameters: {
      topic,
      partition,
      to: {
        ...optional(either(whole, oneOf(['unclean'])), "id of a broker, or 'unclean'"),
        positional: true,
      },
    },
    answer: 'Partition',
    async run(cluster, { topic, partition, to }) {
      const place = cluster.partition(topic, partition);
      await place.elect(to);
      return place.status();
    },
  }),
  verb({
    name: 'reassign',
    method: 'POST',
    path: '/partitions/{topic}/{partition}/reassign',
    command: 'reassign',
    about: 'moves the replicas to these brokers; answers when they have caught up',
    parameters: {
      topic,
      partition,
      replicas: needed(listOf(whole), 'ids of brokers, the preferred leader first'),
    },
    answer: 'Partition',
    async run(cluster, { topic, partition, replicas }) {
      const place = cluster.partition(topic, partition);
      await place.reassign(replicas);
      return place.status();
    },
  }),
];

const groups: readonly Verb[] = [
  verb({
    name: 'groups',
    method: 'GET',
    path: '/groups',
    command: 'groups',
    about: 'all groups, classic and of KIP-848',
    parameters: {},
    answer: 'Groups',
    run: (cluster) => cluster.status().groups,
  }),
  verb({
    name: 'group',
    method: 'GET',
    path: '/groups/{group}',
    command: 'group',
    about: 'one group: its members, what they read, how far they have come',
    parameters: { group },
    answer: 'Group',
    run: (cluster, { group }) => cluster.group(group).status(),
  }),
  verb({
    name: 'waitUntilStable',
    method: 'POST',
    path: '/groups/{group}/wait-until-stable',
    command: 'wait-until-stable',
    about: 'answers when the group is Stable; it need not exist yet',
    parameters: { group, members: optional(whole, 'with so many'), withinMs },
    answer: 'Group',
    async run(cluster, { group, ...options }) {
      await cluster.group(group).waitUntilStable(given(options));
      return cluster.group(group).status();
    },
  }),
  verb({
    name: 'waitForLag',
    method: 'POST',
    path: '/groups/{group}/wait-for-lag',
    command: 'wait-for-lag',
    about: 'answers when at most so many records are left to read and commit',
    parameters: {
      group,
      lag: needed(whole, 'how many; where nothing is committed, all of a partition counts'),
      topic: optional(text, 'in this topic; default: in all that it reads'),
      withinMs,
    },
    answer: 'Group',
    async run(cluster, { group, lag, ...options }) {
      await cluster.group(group).waitForLag(lag, given(options));
      return cluster.group(group).status();
    },
  }),
  verb({
    name: 'waitForCommit',
    method: 'POST',
    path: '/groups/{group}/wait-for-commit',
    command: 'wait-for-commit',
    about: 'answers when the group has committed all that is in a topic now, or so far',
    parameters: {
      group,
      topic: needed(text, 'name of a topic'),
      partition: optional(whole, 'of this partition; default: of all'),
      committedOffset: optional(whole, 'up to this offset; default: all that is there now'),
      withinMs,
    },
    answer: 'Group',
    async run(cluster, { group, topic, ...options }) {
      await cluster.group(group).waitForCommit(topic, given(options));
      return cluster.group(group).status();
    },
  }),
];

/** Everything that HTTP and the command line can do, each through the fixture. */
export const verbs: readonly Verb[] = [
  ...reading,
  ...processes,
  ...network,
  ...partitions,
  ...groups,
];
