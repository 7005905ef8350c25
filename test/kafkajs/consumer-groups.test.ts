import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaCluster, startCluster } from '../../src/index.ts';

const { Kafka, logLevel } = kafkajs;
const partitions = [0, 1, 2, 3, 4, 5];

let cluster: KafkaCluster;
let kafka: kafkajs.Kafka;
let producer: kafkajs.Producer;
const consumers: TestConsumer[] = [];

beforeAll(async () => {
  cluster = await startCluster();
  kafka = new Kafka({
    brokers: cluster.brokerList,
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50 },
  });
  producer = kafka.producer();
  await producer.connect();
});
afterAll(async () => {
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await producer.disconnect();
  await cluster.close();
});

/** Waits for what a callback brings: no poll, no sleep. */
class Signal {
  readonly #waiting: { holds: () => boolean; resolve: () => void }[] = [];

  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ holds, resolve });
      this.changed();
    });
  }

  changed(): void {
    for (const { holds, resolve } of this.#waiting) if (holds()) resolve();
  }
}

const signal = new Signal();

class TestConsumer {
  readonly values: string[] = [];
  assigned: readonly number[] = [];
  readonly #consumer: kafkajs.Consumer;
  readonly #topic: string;

  constructor(groupId: string, topic: string) {
    this.#topic = topic;
    this.#consumer = kafka.consumer({ groupId, heartbeatInterval: 100, maxWaitTimeInMs: 100 });
    this.#consumer.on(this.#consumer.events.GROUP_JOIN, ({ payload }) => {
      this.assigned = payload.memberAssignment[topic] ?? [];
      signal.changed();
    });
    consumers.push(this);
  }

  async start(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topic: this.#topic, fromBeginning: true });
    await this.#consumer.run({
      autoCommitThreshold: 1,
      eachMessage: async ({ message }) => {
        this.values.push(String(message.value));
        signal.changed();
      },
    });
  }

  async stop(): Promise<void> {
    await this.#consumer.disconnect();
    this.assigned = [];
  }
}

async function send(topic: string, values: readonly string[]): Promise<void> {
  const messages = values.map((value, index) => ({ value, partition: index % partitions.length }));
  await producer.send({ topic, messages });
}

async function newTopic(topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const topics = [{ topic, numPartitions: partitions.length, replicationFactor: 3 }];
  await admin.createTopics({ topics });
  await admin.disconnect();
}

const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name} ${index}`);

/** Every partition has one owner, and each of these members has some. */
const isShared = (members: readonly TestConsumer[]): boolean => {
  const owned = members.flatMap(({ assigned }) => assigned);
  const isWhole = [...owned].sort().join() === partitions.join();
  return isWhole && members.every(({ assigned }) => assigned.length > 0);
};

test('two members share, a third joins, one leaves; nothing is lost', async () => {
  await newTopic('shared');
  const [one, two, three] = [1, 2, 3].map(() => new TestConsumer('sharing', 'shared'));
  await Promise.all([one!.start(), two!.start()]);
  await signal.until(() => isShared([one!, two!]));
  await send('shared', numbered('two', 30));
  await three!.start();
  await signal.until(() => isShared([one!, two!, three!]));
  await send('shared', numbered('three', 30));
  await two!.stop();
  await signal.until(() => isShared([one!, three!]));
  await send('shared', numbered('after', 30));
  const all = [...numbered('two', 30), ...numbered('three', 30), ...numbered('after', 30)];
  const seen = () => new Set([one!, two!, three!].flatMap(({ values }) => values));
  await signal.until(() => all.every((value) => seen().has(value)));
});

test('a group goes on where it has committed', async () => {
  await newTopic('resumed');
  await send('resumed', numbered('first', 12));
  const before = new TestConsumer('resuming', 'resumed');
  await before.start();
  await signal.until(() => before.values.length === 12);
  await before.stop();
  await send('resumed', numbered('second', 12));
  const after = new TestConsumer('resuming', 'resumed');
  await after.start();
  await signal.until(() => after.values.length >= 12);
  expect(after.values.sort()).toEqual(numbered('second', 12).sort());
});

test('a group outlives the crash of its coordinator', async () => {
  await newTopic('outlived');
  const consumer = new TestConsumer('outliving', 'outlived');
  await consumer.start();
  await send('outlived', numbered('before', 12));
  await signal.until(() => consumer.values.length >= 12);
  const admin = kafka.admin();
  await admin.connect();
  const [described] = (await admin.describeGroups(['outliving'])).groups;
  expect(described).toMatchObject({ state: 'Stable', protocolType: 'consumer' });
  const { coordinator } = await findCoordinator('outliving');
  await cluster.broker(coordinator).crash();
  await send('outlived', numbered('after', 12));
  const all = [...numbered('before', 12), ...numbered('after', 12)];
  await signal.until(() => all.every((value) => consumer.values.includes(value)));
  await cluster.broker(coordinator).restart();
  await admin.disconnect();
});

async function findCoordinator(groupId: string): Promise<{ coordinator: number }> {
  interface Inner {
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    findGroupCoordinator(query: { groupId: string }): Promise<{ nodeId: number }>;
  }
  const create = Object.getOwnPropertySymbols(kafka).find((symbol) =>
    symbol.description?.endsWith('createCluster'),
  );
  const inner = (kafka as unknown as Record<symbol, (options: object) => Inner>)[create!]!({});
  await inner.connect();
  try {
    return { coordinator: (await inner.findGroupCoordinator({ groupId })).nodeId };
  } finally {
    await inner.disconnect();
  }
}
