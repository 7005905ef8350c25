import kafkajs from 'kafkajs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ClusterOptions, type KafkaCluster, startCluster } from '../../src/index.ts';

const { Kafka, logLevel } = kafkajs;

const topics = { orders: { partitions: 2, replicationFactor: 3 } };
const withinMs = 25_000;

async function start(options: ClusterOptions = {}) {
  const cluster = await startCluster({ topics, ...options });
  onTestFinished(() => cluster.close());
  return { cluster, group: cluster.group('billing') };
}

/** A consumer that reads on only while its gate is open. */
class Reader {
  readonly #consumer: kafkajs.Consumer;
  #open: () => void = () => undefined;
  readonly #gate: Promise<void>;

  constructor(cluster: KafkaCluster, clientId: string, sessionTimeout = 30_000) {
    const brokers = cluster.brokerList;
    const retry = { initialRetryTime: 50 };
    const kafka = new Kafka({ brokers, clientId, logLevel: logLevel.NOTHING, retry });
    this.#gate = new Promise((resolve) => (this.#open = resolve));
    this.#consumer = kafka.consumer({
      ...{ groupId: 'billing', sessionTimeout, heartbeatInterval: 50, maxWaitTimeInMs: 100 },
    });
  }

  async run(): Promise<void> {
    onTestFinished(() => this.stop());
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topic: 'orders', fromBeginning: true });
    const eachMessage = async () => await this.#gate;
    await this.#consumer.run({ autoCommitThreshold: 1, eachMessage });
  }

  readOn(): void {
    this.#open();
  }

  async stop(): Promise<void> {
    this.readOn();
    await this.#consumer.disconnect();
  }
}

const readerOf = (cluster: KafkaCluster, clientId = 'app'): Reader => new Reader(cluster, clientId);

const produce = (cluster: KafkaCluster, partition: number, count: number) =>
  cluster.topic('orders').produce(Array.from({ length: count }, () => ({ value: 'v', partition })));

describe('what a group looks like', () => {
  test('before it exists', async () => {
    const { cluster, group } = await start();
    expect([group.exists, group.coordinator, cluster.groups]).toEqual([false, null, []]);
    const none = "E_UNKNOWN_GROUP: there is no group 'billing'; there are none";
    expect(() => group.state).toThrow(none);
    expect(() => group.members).toThrow(none);
    expect(() => group.lag).toThrow(none);
    await readerOf(cluster).run();
    await group.waitUntilStable();
    expect(() => cluster.group('biling').state).toThrow("did you mean 'billing'?");
    expect(() => cluster.group('other').state).toThrow('only billing');
  });

  test('with two members that share a topic', async () => {
    const { cluster, group } = await start();
    const [one, two] = [readerOf(cluster, 'one'), readerOf(cluster, 'two')];
    await Promise.all([one.run(), two.run(), group.waitUntilStable({ members: 2, withinMs })]);
    expect(group).toMatchObject({
      ...{ exists: true, type: 'classic', protocolType: 'consumer', state: 'Stable', lag: 0 },
      ...{ partitionAssignor: 'RoundRobinAssigner' },
    });
    expect(cluster.groups.map(({ groupId }) => groupId)).toEqual(['billing']);
    const { members } = group;
    expect(members.map(({ clientId }) => clientId).sort()).toEqual(['one', 'two']);
    for (const { memberId, clientId, ...member } of members) {
      expect(memberId.startsWith(`${clientId}-`)).toBe(true);
      expect(member).toMatchObject({
        ...{ groupInstanceId: null, clientHost: '/127.0.0.1' },
        ...{ subscribedTopicNames: ['orders'], assignment: [{ topic: 'orders' }] },
      });
    }
    const owners = group.offsets.map(({ partition, memberId }) => {
      const owner = members.find((member) => member.memberId === memberId);
      return [partition, owner?.assignment];
    });
    expect(owners).toEqual(
      [0, 1].map((partition) => [partition, [{ topic: 'orders', partition }]]),
    );
    const { epoch } = group;
    await two.stop();
    await group.waitUntilStable({ members: 1, withinMs });
    expect(group.epoch).toBeGreaterThan(epoch);
    await one.stop();
    await cluster.until(() => group.state === 'Empty', { withinMs });
    expect([group.members, group.partitionAssignor]).toEqual([[], null]);
  });

  test('a partition without a commit counts from its first record on', async () => {
    const { cluster, group } = await start();
    await produce(cluster, 0, 3);
    await readerOf(cluster).run();
    await group.waitUntilStable({ withinMs });
    const nothing = { topic: 'orders', committedOffset: null, logStartOffset: 0n };
    expect(group.offsets).toMatchObject([
      { ...nothing, partition: 0, highWatermark: 3n, lag: 3 },
      { ...nothing, partition: 1, highWatermark: 0n, lag: 0 },
    ]);
    expect(group.lag).toBe(3);
  });

  test('while a partition has no leader', async () => {
    const { cluster, group } = await start({ topics: { orders: { replicationFactor: 1 } } });
    const admin = new Kafka({ brokers: cluster.brokerList, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const partitions = [{ partition: 0, offset: '0' }];
    await admin.setOffsets({ groupId: 'billing', topic: 'orders', partitions });
    await admin.disconnect();
    expect([group.state, group.lag]).toEqual(['Empty', 0]);
    const { leader } = cluster.partition('orders', 0);
    await leader!.crash();
    await cluster.until(() => group.status().lag === null, { withinMs });
    expect(group.offsets).toMatchObject([{ committedOffset: 0n, highWatermark: null, lag: null }]);
    expect(() => group.lag).toThrow("E_NOT_RUNNING: partition 0 of 'orders' has no leader");
    const caughtUp = group.waitForLag(0, { withinMs });
    await leader!.restart();
    await caughtUp;
  });
});

describe('waits', () => {
  test('for a lag, of a group that does not exist yet', async () => {
    const { cluster, group } = await start();
    await produce(cluster, 0, 10);
    const [half, none] = [group.waitForLag(5, { withinMs }), group.waitForLag(0, { withinMs })];
    let isOver = false;
    void none.then(() => (isOver = true));
    const reader = readerOf(cluster);
    await reader.run();
    await group.waitUntilStable({ withinMs });
    expect([group.lag, isOver]).toEqual([10, false]);
    reader.readOn();
    await half;
    await none;
    expect(group.lag).toBe(0);
    expect(group.offsets).toMatchObject([
      { committedOffset: 10n, highWatermark: 10n, lag: 0 },
      { committedOffset: null, highWatermark: 0n, lag: 0 },
    ]);
  });

  test('for a lag in one topic', async () => {
    const { cluster, group } = await start({ topics: { ...topics, other: {} } });
    await cluster.topic('other').produce({ value: 'v' });
    await readerOf(cluster).run();
    await group.waitForLag(0, { topic: 'orders', withinMs });
    const missed = group.waitForLag(0, { topic: 'other', withinMs: 10 });
    await expect(missed).rejects.toThrow("it reads nothing of 'other'");
  });

  test('for a commit of all that is there now, however much comes later', async () => {
    const { cluster, group } = await start();
    await produce(cluster, 0, 4);
    const committed = group.waitForCommit('orders', { withinMs });
    const far = group.waitForCommit('orders', { partition: 1, committedOffset: 2n, withinMs });
    await produce(cluster, 0, 1);
    const reader = readerOf(cluster);
    await reader.run();
    reader.readOn();
    await committed;
    expect(group.offsets[0]!.committedOffset).toBeGreaterThanOrEqual(4n);
    await produce(cluster, 1, 2);
    await far;
    expect(group.offsets[1]!.committedOffset).toBe(2n);
  });

  test('go on at the next coordinator', async () => {
    // A kafkajs that has lost its coordinator comes back as another member, beside the old one.
    const { cluster, group } = await start({ config: { 'group.min.session.timeout.ms': 500 } });
    const reader = new Reader(cluster, 'app', 1000);
    await reader.run();
    reader.readOn();
    await group.waitUntilStable({ withinMs });
    const first = group.coordinator!;
    // Both partitions: a kafkajs that is stopped before it has found its brokers again runs mad.
    const committed = [0, 1].map((partition) =>
      group.waitForCommit('orders', { partition, committedOffset: 5n, withinMs }),
    );
    await first.crash();
    for (const partition of [0, 1]) await produce(cluster, partition, 5);
    await Promise.all(committed);
    expect(group.coordinator!.id).not.toBe(first.id);
  });

  test('end with their signal, with the cluster, and with a reset', async () => {
    const { cluster, group } = await start();
    const controller = new AbortController();
    const aborted = group.waitUntilStable({ signal: controller.signal, withinMs: Infinity });
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    for (const end of [() => cluster.reset(), () => cluster.close()]) {
      const waits = [group.waitUntilStable(), group.waitForLag(0), group.waitForCommit('orders')];
      const ended = waits.map((wait) => expect(wait).rejects.toMatchObject({ code: 'E_CLOSED' }));
      await end();
      await Promise.all(ended);
    }
  });

  test.each<[string, (group: ReturnType<KafkaCluster['group']>) => Promise<void>, string]>([
    ['no members', (group) => group.waitUntilStable({ members: 0 }), 'members must be a whole'],
    [
      'half a lag',
      (group) => group.waitForLag(0.5),
      'lag must be a whole number from 0 on, not 0.5',
    ],
    [
      'an offset of none',
      (group) => group.waitForCommit('t', { committedOffset: 1 }),
      'needs a part',
    ],
    ['below 0', (group) => group.waitForCommit('t', { partition: -1 }), 'partition must be'],
    ['a record', (group) => group.waitForCommit('t', { offset: 1n } as object), "has no 'offset'"],
    ['within', (group) => group.waitForLag(0, { within: 1 } as object), "mean 'withinMs'?"],
  ])('%s is refused', async (_name, wait, text) => {
    const { group } = await start({ brokers: 1, topics: {} });
    await expect(wait(group)).rejects.toThrow(text);
  });
});

describe('a wait that times out says what happened instead', () => {
  test('of a group that is not there', async () => {
    const { cluster, group } = await start();
    await readerOf(cluster).run();
    await group.waitUntilStable({ withinMs });
    await expect(cluster.group('biling').waitUntilStable({ withinMs: 10 })).rejects.toMatchObject({
      code: 'E_TIMEOUT',
      message:
        "E_TIMEOUT: group 'biling' is Stable: not within 10 ms. As it is, there is no group " +
        "'biling'; did you mean 'billing'?\nNothing happened to it meanwhile.",
    });
  });

  test('state, members, lag, and missing commits', async () => {
    const { cluster, group } = await start();
    await produce(cluster, 0, 3);
    await produce(cluster, 1, 1);
    await readerOf(cluster).run();
    await group.waitUntilStable({ withinMs });
    const lines = [
      "^E_TIMEOUT: group 'billing' is Stable with 2 members: not within 10 ms. As it is, " +
        "group 'billing' \\(classic\\) is Stable at broker \\d with 1 member and lag 4:",
      '  member app-\\S+ \\(app at /127.0.0.1\\): orders-0, orders-1',
      '  orders-0: never committed, 3 is its end, lag 3',
      '  orders-1: never committed, 1 is its end, lag 1\n',
    ];
    const waiting = group.waitUntilStable({ members: 2, withinMs: 10 });
    await expect(waiting).rejects.toThrow(new RegExp(lines.join('\n')));
    const missing = group.waitForCommit('orders', { withinMs: 10 });
    await expect(missing).rejects.toThrow(
      /not within 10 ms.*\n(.*\n)* {2}not committed: orders-0 up to 3\n {2}not committed: orders-1/,
    );
    const unknown = group.waitForCommit('ordrs', { withinMs: 10 });
    await expect(unknown).rejects.toThrow("'ordrs' is not there, or has no leader");
  });
});
