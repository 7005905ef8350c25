import { expect, test } from 'vitest';
import { checkHistory } from '../../src/history/check-history.ts';
import { History } from '../../src/history/history.ts';
import { recordConsumer, recordProducer } from '../../src/testing/record-kafkajs.ts';

type Sent = { topicName: string; partition: number; baseOffset?: string }[];

/** As much of kafkajs as is recorded, which answers as it is told. */
function fakeProducer(answer: (sent: object) => Promise<Sent>) {
  const sender = { send: answer, sendBatch: answer };
  const done = async () => {};
  const sendOffsets = async (_offsets: object) => {};
  const transaction = { ...sender, sendOffsets, commit: done, abort: done };
  return { ...sender, transaction: async () => transaction };
}

type Handler = (payload: never) => Promise<void>;
interface Config {
  eachMessage?: Handler;
  eachBatch?: Handler;
  eachBatchAutoResolve?: boolean;
}

function fakeConsumer() {
  const seen: { config: Config; joined: () => void } = { config: {}, joined: () => {} };
  const consumer = {
    run: async (config: Config = {}) => {
      seen.config = config;
    },
    seek: (_place: object) => {},
    commitOffsets: async (_offsets: object[]) => {},
    on: (_name: 'consumer.group_join', listener: () => void) => {
      seen.joined = listener;
    },
  };
  return { seen, consumer };
}

const messageAt = (offset: number, value: string) => ({
  key: null,
  value: new TextEncoder().encode(value),
  offset: String(offset),
});

const payloadOf = (offset: number, value: string) =>
  ({ topic: 't', partition: 0, message: messageAt(offset, value) }) as never;

const batchOf = (...messages: ReturnType<typeof messageAt>[]) =>
  ({ batch: { topic: 't', partition: 0, messages } }) as never;

const sendsIn = (history: History) =>
  history.operations.flatMap((each) => (each.kind === 'send' ? [each] : []));

test('a send has the places that kafkajs tells, as far as it does', async () => {
  const history = new History();
  const two = [0, 3].map((partition) => ({ topicName: 't', partition, baseOffset: '7' }));
  const producer = recordProducer(
    history,
    fakeProducer(async () => two),
    'p',
  );
  const messages = [{ value: 'a', partition: 3 }, { value: 'b' }, { value: 'c', partition: 3 }];
  await producer.send({ topic: 't', messages });
  const [one] = two;
  const alone = recordProducer(
    history,
    fakeProducer(async () => [one!]),
    'q',
  );
  await alone.sendBatch({ topicMessages: [{ topic: 't', messages: [{ value: 'd' }] }], acks: 0 });
  expect(sendsIn(history).map(({ acks, outcome, records }) => [acks, outcome, records])).toEqual([
    [
      -1,
      'acknowledged',
      [
        { topic: 't', partition: 3, offset: 7, value: 'a' },
        { topic: 't', partition: undefined, offset: undefined, value: 'b' },
        { topic: 't', partition: 3, offset: 8, value: 'c' },
      ],
    ],
    [0, 'acknowledged', [{ topic: 't', partition: 0, offset: 7, value: 'd' }]],
  ]);
});

test('a send that fails is unknown, and so is a commit', async () => {
  const history = new History();
  const lost = fakeProducer(() => Promise.reject(new Error('timed out')));
  const producer = recordProducer(history, lost, 'p');
  await expect(producer.send({ topic: 't', messages: [{ value: 'a' }] })).rejects.toThrow();
  const { transaction } = lost;
  const commit = () => Promise.reject(new Error('timed out'));
  lost.transaction = async () => ({ ...(await transaction()), commit });
  const begun = await producer.transaction();
  await expect(begun.commit()).rejects.toThrow();
  await (await producer.transaction()).abort();
  const outcomes = history.operations.flatMap((each) =>
    each.kind === 'send' || each.kind === 'transaction' ? [each.outcome] : [],
  );
  expect(outcomes).toEqual(['unknown', 'unknown', 'aborted']);
});

test('what a group consumes twice in transactions is found', async () => {
  const history = new History();
  for (const name of ['a', 'b']) {
    const { seen, consumer } = fakeConsumer();
    const producer = recordProducer(
      history,
      fakeProducer(async () => []),
      name,
    );
    const reader = recordConsumer(history, consumer, name, { group: 'g' });
    seen.joined();
    const begun = await producer.transaction();
    reader.recorded.read({ topic: 't', partition: 0, offset: 4, value: 'input' }, begun.recorded);
    const partitions = [{ partition: 0, offset: '5' }];
    await begun.sendOffsets({ consumerGroupId: 'g', topics: [{ topic: 't', partitions }] });
    await begun.commit();
  }
  const [finding, ...others] = checkHistory(history);
  expect([finding?.rule, finding?.clients, others]).toEqual(['consumed-twice', ['a', 'b'], []]);
  expect(finding?.message).toContain("'input' at t-0 offset 4 was consumed in 2 transactions");
});

test('a consumer that was given something goes on behind it, unless it has a reason', async () => {
  const history = new History();
  const { seen, consumer } = fakeConsumer();
  const reader = recordConsumer(history, consumer, 'c', { group: 'g' });
  const given: string[] = [];
  await reader.run({
    eachMessage: async ({ message }: { message: { value: Uint8Array } }) => {
      given.push(new TextDecoder().decode(message.value));
      if (given.length === 2) throw new Error('not now');
    },
  });
  await seen.config.eachMessage!(payloadOf(0, 'a'));
  await expect(seen.config.eachMessage!(payloadOf(1, 'b'))).rejects.toThrow('not now');
  await seen.config.eachMessage!(payloadOf(1, 'b'));
  reader.seek({ topic: 't', partition: 0, offset: '0' });
  await seen.config.eachMessage!(payloadOf(0, 'a'));
  seen.joined();
  await seen.config.eachMessage!(payloadOf(0, 'a'));
  expect(given).toEqual(['a', 'b', 'b', 'a', 'a']);
  expect(checkHistory(history)).toEqual([]);
  await seen.config.eachMessage!(payloadOf(0, 'a'));
  expect(checkHistory(history).map(({ rule }) => rule)).toEqual(['nonmonotonic-poll']);
});

test('a batch is one poll; where it was not resolved for sure, anything may follow', async () => {
  for (const [eachBatchAutoResolve, rules] of [
    [false, []],
    [true, ['nonmonotonic-poll']],
  ] as const) {
    const history = new History();
    const { seen, consumer } = fakeConsumer();
    const reader = recordConsumer(history, consumer, 'c');
    await reader.run({ eachBatchAutoResolve, eachBatch: async () => {} });
    await seen.config.eachBatch!(batchOf(messageAt(0, 'a'), messageAt(1, 'b')));
    await seen.config.eachBatch!(batchOf(messageAt(1, 'b')));
    expect(checkHistory(history).map(({ rule }) => rule)).toEqual(rules);
  }
});

test('offsets that are committed by hand are taken down', async () => {
  const history = new History();
  const { consumer } = fakeConsumer();
  const reader = recordConsumer(history, consumer, 'c', { group: 'g' });
  await reader.commitOffsets([{ topic: 't', partition: 0, offset: '3' }]);
  reader.recorded.fetchOffsets()([{ topic: 't', partition: 0, offset: -1 }]);
  expect(checkHistory(history).map(({ message }) => message)).toEqual([
    "c was told that group 'g' has committed no offset of t-0: c had committed 3",
  ]);
});
