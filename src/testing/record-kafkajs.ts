import type {
  History,
  HistoryConsumerOptions,
  HistoryProducerOptions,
} from '../history/history.ts';
import type { HistoryConsumer } from '../history/history-consumer.ts';
import type {
  Acknowledgement,
  HistoryProducer,
  HistoryTransaction,
  RecordToSend,
} from '../history/history-producer.ts';

// What of kafkajs is needed here, as kafkajs has it: it is nobody's dependency.

interface Message {
  readonly key?: Uint8Array | string | null;
  readonly value: Uint8Array | string | null;
  readonly partition?: number;
}

interface TopicMessages {
  readonly topic: string;
  readonly messages: readonly Message[];
}

interface Sent {
  readonly topicName: string;
  readonly partition: number;
  readonly baseOffset?: string;
}

interface Sender {
  send(record: TopicMessages & { readonly acks?: number }): Promise<readonly Sent[]>;
  sendBatch(batch: {
    readonly topicMessages?: readonly TopicMessages[];
    readonly acks?: number;
  }): Promise<readonly Sent[]>;
}

interface Transaction extends Sender {
  sendOffsets(offsets: {
    readonly consumerGroupId: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

interface Producer extends Sender {
  transaction(): Promise<Transaction>;
}

interface FetchedMessage {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly offset: string;
}

interface MessagePayload {
  readonly topic: string;
  readonly partition: number;
  readonly message: FetchedMessage;
}

interface BatchPayload {
  readonly batch: {
    readonly topic: string;
    readonly partition: number;
    readonly messages: readonly FetchedMessage[];
  };
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

interface RunConfig {
  readonly eachBatchAutoResolve?: boolean;
  readonly eachMessage?: (payload: never) => Promise<void>;
  readonly eachBatch?: (payload: never) => Promise<void>;
}

interface Consumer {
  run(config?: RunConfig): Promise<void>;
  seek(place: Place & { readonly offset: string }): void;
  commitOffsets(offsets: (Place & { readonly offset: string })[]): Promise<void>;
  on(eventName: 'consumer.group_join', listener: () => void): unknown;
}

/** A transaction of a recorded producer; `recorded` takes in what was read for it. */
export type RecordedTransaction<T> = T & { readonly recorded: HistoryTransaction };

/** A producer of kafkajs that notes what it sends, under the name of `client`. */
export function recordProducer<P extends Producer>(
  history: History,
  producer: P,
  client: string,
  options: HistoryProducerOptions = {},
): Omit<P, 'transaction'> & {
  transaction(): Promise<RecordedTransaction<Awaited<ReturnType<P['transaction']>>>>;
} {
  const recorded = history.producer(client, options);
  const transaction = async () => {
    const begun = await producer.transaction();
    return { ...begun, ...transactionOf(recorded.begin(), begun) };
  };
  return { ...producer, ...senderOf(recorded, producer), transaction } as never;
}

/** What is not answered stays unknown: kafkajs does not say what a failure has left behind. */
function senderOf(recorded: Pick<HistoryProducer, 'send'>, sender: Sender): Sender {
  return {
    async send(record) {
      const sending = recorded.send(recordsIn([record]), acksOf(record));
      const sent = await sender.send(record);
      sending.acknowledged(placesOf([record], sent));
      return sent;
    },
    async sendBatch(batch) {
      const { topicMessages = [] } = batch;
      const sending = recorded.send(recordsIn(topicMessages), acksOf(batch));
      const sent = await sender.sendBatch(batch);
      sending.acknowledged(placesOf(topicMessages, sent));
      return sent;
    },
  };
}

const acksOf = ({ acks }: { readonly acks?: number }) =>
  acks === 0 || acks === 1 ? ({ acks } as const) : {};

const recordsIn = (all: readonly TopicMessages[]): RecordToSend[] =>
  all.flatMap(({ topic, messages }) =>
    messages.map(({ key, value, partition }) => ({ topic, key, value, partition })),
  );

/** kafkajs tells one offset for each partition, and not what it has put there. */
function placesOf(all: readonly TopicMessages[], sent: readonly Sent[]): Acknowledgement[] {
  return all.flatMap(({ topic, messages }) => {
    const own = sent.filter(({ topicName }) => topicName === topic);
    const counts = new Map<number, number>();
    return messages.map(({ partition }) => {
      const at = own.length === 1 ? own[0] : own.find((each) => each.partition === partition);
      if (at === undefined) return {};
      const delta = counts.get(at.partition) ?? 0;
      counts.set(at.partition, delta + 1);
      const isTold = at.baseOffset !== undefined && Number(at.baseOffset) >= 0;
      const offset = isTold ? { offset: BigInt(at.baseOffset) + BigInt(delta) } : {};
      return { partition: at.partition, ...offset };
    });
  });
}

function transactionOf(recorded: HistoryTransaction, begun: Transaction) {
  const told: Omit<Transaction, keyof Sender> = {
    async sendOffsets(offsets) {
      await begun.sendOffsets(offsets);
      const all = offsets.topics.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => ({ topic, partition, offset })),
      );
      recorded.commitOffsets(offsets.consumerGroupId, all);
    },
    async commit() {
      recorded.committing();
      await begun.commit();
      recorded.committed();
    },
    async abort() {
      await begun.abort();
      recorded.aborted();
    },
  };
  return { ...senderOf(recorded, begun), ...told, recorded };
}

/** A consumer of kafkajs that notes what it is given, under the name of `client`. */
export function recordConsumer<C extends Consumer>(
  history: History,
  consumer: C,
  client: string,
  options: HistoryConsumerOptions = {},
): C & { readonly recorded: HistoryConsumer } {
  const recorded = history.consumer(client, options);
  consumer.on('consumer.group_join', () => recorded.rebalanced());
  const told: Omit<Consumer, 'on'> = {
    run: (config = {}) => consumer.run(recordedRun(recorded, config)),
    seek(place) {
      recorded.moved([place]);
      consumer.seek(place);
    },
    async commitOffsets(offsets) {
      const commit = recorded.commit(offsets);
      await consumer.commitOffsets(offsets);
      commit.acknowledged();
    },
  };
  return { ...consumer, ...told, recorded };
}

/** The same handlers, which note first what they are given. */
function recordedRun(recorded: HistoryConsumer, config: RunConfig): RunConfig {
  const { eachMessage, eachBatch, eachBatchAutoResolve = true } = config;
  const each = async (
    { topic, partition }: Place,
    messages: readonly FetchedMessage[],
    handle: () => Promise<void>,
  ) => {
    recorded.read(
      messages.map(({ key, value, offset }) => ({ topic, partition, key, value, offset })),
    );
    try {
      await handle();
    } catch (error) {
      recorded.moved([{ topic, partition }]); // it will be given the same again
      throw error;
    }
  };
  return {
    ...config,
    ...(eachMessage && {
      eachMessage: (payload: never) => {
        const { message, ...place }: MessagePayload = payload;
        return each(place, [message], () => eachMessage(payload));
      },
    }),
    ...(eachBatch && {
      eachBatch: async (payload: never) => {
        const { batch }: BatchPayload = payload;
        await each(batch, batch.messages, () => eachBatch(payload));
        if (!eachBatchAutoResolve) recorded.moved([batch]); // wherever it was resolved to
      },
    }),
  };
}
