import type { Consumer, Producer, Transaction } from 'kafkajs';
import { expect } from 'vitest';
import {
  type CheckOptions,
  type checkHistory,
  type History,
  type HistoryFinding,
  type HistoryRule,
  type HistoryTransaction,
  historyMatchers,
  recordConsumer,
  recordProducer,
} from '../../src/index.ts';

// What a user's test compiles against, by `npm run types`.

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile unless it is given true. */
type Holds<T extends true> = T;

export type FindingsAre = Holds<Equal<ReturnType<typeof checkHistory>, readonly HistoryFinding[]>>;
/** One of these names, and not any text. */
export type RuleIs = Holds<Equal<string extends HistoryRule ? true : false, false>>;
export type AllowIs = Holds<Equal<CheckOptions['allow'], readonly HistoryRule[] | undefined>>;

/** A producer of kafkajs stays one; its transactions also have what they record. */
export async function producing(history: History, producer: Producer): Promise<void> {
  const recorded = recordProducer(history, producer, 'p', { keepsOrder: true });
  await recorded.connect();
  await recorded.send({ topic: 't', messages: [{ value: 'a' }], acks: 1 });
  const transaction: Transaction & { readonly recorded: HistoryTransaction } =
    await recorded.transaction();
  await transaction.commit();
}

export async function consuming(history: History, consumer: Consumer): Promise<void> {
  const recorded: Consumer = recordConsumer(history, consumer, 'c', {
    isolation: 'read_committed',
  });
  await recorded.run({ eachMessage: async ({ heartbeat }) => heartbeat() });
}

export function expecting(history: History): void {
  expect.extend(historyMatchers);
  expect(history).toBeConsistent();
  expect(history).not.toBeConsistent({ allow: ['duplicate'], drained: true });
}
