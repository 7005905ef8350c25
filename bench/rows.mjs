// The rows of RESULTS.md and what each has to reach. `bound` gives, per peer, the ratio that must
// hold and the one that is aimed at; `own` the same for the figure itself. Where less is better the
// bounds are upper ones. A reference is no row of Odradek's.

const rate = (scenario, title, metric, bound) => ({
  ...{ scenario, title, metric: `${metric} rate`, unit: '/s', bound },
});
const cost = (scenario, title, metric, bound) => ({
  ...{ scenario, title: `${title}, broker CPU per message`, metric: `${metric} cpuUs` },
  ...{ unit: 'µs', less: true, bound },
});

const wake = (scenario, title, bound) => [
  { scenario, title: `${title}, p50`, metric: 'wake-up p50Us', unit: 'µs', less: true, ...bound },
  { scenario, title: `${title}, p99`, metric: 'wake-up p99Us', unit: 'µs', less: true },
];
const start = (scenario, title, bound) => ({
  ...{ scenario, title, metric: 'cold start ms', unit: 'ms', less: true, bound },
});
const acksRatio = (size, title, figure, more) => ({
  scenario: 'three',
  title: `${title}, acks=all ÷ acks=1, ${size}`,
  metric: `${size} acks=all ${figure}`,
  over: `${size} acks=1 ${figure}`,
  ...more,
});
const acksRatios = (size) => [
  acksRatio(size, 'messages per second', 'rate', { own: [0.85, 1] }),
  acksRatio(size, 'CPU per message', 'cpuUs', { less: true, own: [1.1, 1.02] }),
];

/** Of the scenario with a group; `metric` is of 500 members, and that much has to hold. */
const ofGroup = (title, metric, unit, bound) => ({
  ...{ scenario: 'groups', title, metric, unit, less: true, bound },
});

const ofTransactions = (producers) => [
  rate('transactions', `transactions of 100 records, ${producers}, messages`, producers, {
    ...{ kfake: [0.5, 1], kafka: [1, 2] },
  }),
  {
    ...{ scenario: 'transactions', title: 'the same, broker CPU per transaction' },
    ...{ metric: `${producers} cpuUs`, unit: 'µs', less: true, bound: { kafka: [1, 0.5] } },
  },
];

export const rows = [
  rate('one', 'produce 100 B acks=1, messages', 'produce 100 B', {
    ...{ null: [0.75, 0.9], kfake: [1.0, 1.3], kafka: [1.05, 1.3] },
  }),
  cost('one', 'produce 100 B acks=1', 'produce 100 B', {
    ...{ kfake: [0.8, 0.35], kafka: [0.6, 0.25] },
  }),
  rate('one', 'produce 1 KB acks=1, messages', 'produce 1 KB', {
    ...{ null: [0.45, 0.75], kfake: [1.0, 1.8], kafka: [1.1, 1.8] },
  }),
  cost('one', 'produce 1 KB acks=1', 'produce 1 KB', {
    ...{ kfake: [0.85, 0.28], kafka: [0.85, 0.28] },
  }),
  rate('one', 'consume 100 B, messages', 'consume 100 B', {
    ...{ null: [0.85, 0.97], kfake: [0.9, 1.0], kafka: [0.9, 1.0] },
  }),
  cost('one', 'consume 100 B', 'consume 100 B'),
  rate('one', 'consume 1 KB, messages', 'consume 1 KB', {
    ...{ null: [0.6, 0.9], kfake: [1.5, 2.5], kafka: [1.2, 1.9] },
  }),
  cost('one', 'consume 1 KB', 'consume 1 KB'),
  rate('three', '3 brokers, 3 replicas, acks=all, 100 B, messages', '100 B acks=all', {
    ...{ null: [0.7, 0.9], kfake: [0.8, 0.95], kafka: [2.0, 2.8] },
  }),
  cost('three', '3 brokers, 3 replicas, acks=all, 100 B', '100 B acks=all'),
  rate('three', '3 brokers, 3 replicas, acks=all, 1 KB, messages', '1 KB acks=all', {
    ...{ null: [0.4, 0.75], kfake: [1.2, 2.2], kafka: [4.0, 8] },
  }),
  cost('three', '3 brokers, 3 replicas, acks=all, 1 KB', '1 KB acks=all'),
  ...acksRatios('100 B'),
  ...acksRatios('1 KB'),
  ...wake('one', 'a produce wakes a parked fetch, acks=1', {
    bound: { null: [1.3, 1.05], kafka: [0.55, 0.43] },
  }),
  ...wake('three', 'the same with 3 brokers, acks=all', {
    bound: { null: [1.4, 1.05], kafka: [0.1, 0.065] },
  }),
  start('fresh-one', 'cold start to the first Metadata, 1 broker', {
    ...{ null: [1.5, 1.2], kafka: [0.045, 0.033] },
  }),
  start('fresh-three', 'cold start to the first Metadata, 3 brokers', {
    ...{ null: [1.5, 1.2], kafka: [0.02, 0.014] },
  }),
  {
    scenario: 'in-process',
    title: 'node -e 0, a process that does nothing',
    metric: 'node -e 0 ms',
    unit: 'ms',
    less: true,
    isReference: true,
  },
  {
    scenario: 'in-process',
    title: 'start of 3 brokers in a warm process',
    metric: 'warm start ms',
    unit: 'ms',
    less: true,
    own: [10, 2],
  },
  {
    scenario: 'fresh-one',
    title: 'idle memory, 1 broker',
    metric: 'idle memory MB',
    unit: 'MB',
    less: true,
    bound: { null: [1.5, 1.2], kafka: [0.2, 0.16] },
  },
  {
    scenario: 'fresh-three',
    title: 'memory after 256 MB stored, 3 replicas',
    metric: 'memory after 256 MB MB',
    unit: 'MB',
    less: true,
    own: [380, 330],
    bound: { kfake: [0.77, 0.67] },
  },
  {
    scenario: 'fresh-one',
    title: '9,999 partitions, create until all are led',
    metric: '9,999 partitions ms',
    unit: 'ms',
    less: true,
    bound: { kfake: [2, 1], kafka: [0.06, 0.03] },
  },
  rate('one', 'kafkajs, one awaited record after another', 'kafkajs', {
    ...{ null: [0.6, 0.9], kfake: [1.0, 1.5], kafka: [3, 5] },
  }),
  rate('jvm', "Kafka's Java producer, 100 B, messages", 'produce 100 B'),
  rate('jvm', "Kafka's Java producer, 1 KB, messages", 'produce 1 KB'),
  ofGroup(
    '500 classic members over 1,000 partitions rebalance',
    'classic rebalance @500 ms',
    'ms',
    {
      ...{ kfake: [1.3, 1], kafka: [1, 0.4] },
    },
  ),
  ofGroup('the same, broker CPU', 'classic rebalance @500 cpuMs', 'ms', { kafka: [1, 0.4] }),
  ofGroup('500 members of a consumer group (KIP-848) converge', 'convergence @500 ms', 'ms', {
    ...{ kfake: [1.3, 1], kafka: [1, 0.5] },
  }),
  ofGroup('the same, broker CPU', 'convergence @500 cpuMs', 'ms', { kafka: [1, 0.4] }),
  ofGroup('heartbeat, 500 classic members, broker CPU', 'heartbeat @500 cpuUs', 'µs', {
    kafka: [1, 0.5],
  }),
  ofGroup('heartbeat, 500 members of KIP-848, broker CPU', 'consumer heartbeat @500 cpuUs', 'µs', {
    kafka: [1, 0.5],
  }),
  ofGroup('commit of one offset, 500 members, broker CPU', 'commit @500 cpuUs', 'µs', {
    kafka: [1, 0.5],
  }),
  ofGroup('memory after that', 'memory @500 MB', 'MB', { kafka: [0.3, 0.2] }),
  ...ofTransactions('one producer'),
  ...ofTransactions('ten producers'),
];

/** What the plots show of the scenarios that grow: panel by panel, metric and unit. */
export const growth = {
  partitions: {
    'create until all are led, ms': 'start ms',
    'Metadata of all, ms': 'metadata ms',
    'Fetch that names all, ms': 'fetch ms',
    'produce 100 B spread over all, messages/s': 'produce rate',
    'longest wait meanwhile, ms': 'produce pauseMaxMs',
    'memory, MB': 'memory MB',
  },
  connections: {
    'connect all, each asks once, ms': 'start ms',
    'Metadata, ms': 'metadata ms',
    'produce 1 KB, messages/s': 'produce rate',
    'consume 1 KB, messages/s': 'fetch rate',
    'longest wait while producing, ms': 'produce pauseMaxMs',
    'memory, MB': 'memory MB',
  },
  groups: {
    'full rebalance, classic, ms': 'classic rebalance ms',
    'full rebalance, classic, broker CPU, ms': 'classic rebalance cpuMs',
    'all join and converge, KIP-848, ms': 'convergence ms',
    'all join and converge, KIP-848, broker CPU, ms': 'convergence cpuMs',
    'heartbeat, classic, broker CPU, µs': 'heartbeat cpuUs',
    'heartbeat, KIP-848, broker CPU, µs': 'consumer heartbeat cpuUs',
    'commit of one offset, broker CPU, µs': 'commit cpuUs',
    'memory, MB': 'memory MB',
  },
  stored: {
    'produce 1 KB until stored, messages/s': 'produce rate',
    'consume all of it, messages/s': 'fetch rate',
    'wait while producing, p99, ms': 'produce pauseP99Ms',
    'longest wait while producing, ms': 'produce pauseMaxMs',
    'longest wait while consuming, ms': 'fetch pauseMaxMs',
    'memory, MB': 'memory MB',
  },
};
