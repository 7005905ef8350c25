// @platformatic/kafka in transactions: Producer.beginTransaction().
import { Producer, stringSerializers } from '@platformatic/kafka';
import { transactionChecks } from '../js-checks/transaction-checks.mjs';
import { options, withGroupClient } from './group.mjs';

/** @type {import('../js-checks/ledger.mjs').Client['transactional']} */
async function transactional(transactionalId) {
  const producer = new Producer({
    ...{ ...options, transactionalId, idempotent: true, serializers: stringSerializers },
    retryDelay: 50, // as another transaction cannot begin until the last one has its markers
    ...{ producerId: -1n, producerEpoch: -1 }, // or it says that it was producer 0 before
  });
  await (await producer.beginTransaction()).cancel(); // the first one initializes it
  let transaction;
  return {
    async begin() {
      transaction = await producer.beginTransaction();
    },
    async send(topic, rows) {
      const messages = rows.map((row) => ({ topic, ...row }));
      const { offsets } = await transaction.send({ messages });
      const next = new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]));
      return rows.map(({ partition }) => {
        const offset = next.get(partition);
        next.set(partition, offset + 1);
        return offset;
      });
    },
    async sendOffsets(offsets, { member }) {
      const { consumer, messages } = member.client;
      await transaction.addConsumer(consumer);
      // By message, which is the last that was read.
      for (const [partition, offset] of offsets) {
        await transaction.addOffset(messages.get(`${partition}@${offset - 1}`));
      }
    },
    commit: () => transaction.commit(),
    abort: () => transaction.abort(),
    close: () => producer.close(),
  };
}

/** The checks of transactions with this client. */
export async function checkTransactions() {
  const missing = {
    'transaction-abort':
      'its Consumer leaves out what was aborted only where a response has the marker too, and one for each producer; so it shows some of this, from Apache Kafka as well',
    'transaction-admin': '@platformatic/kafka has no administration of transactions',
  };
  const nameOf = (error) => error.errors?.[0]?.apiId ?? error.apiId ?? error.code ?? String(error);
  const errors = { nameOf, fencedAs: 'PRODUCER_FENCED' };
  await withGroupClient((client) =>
    transactionChecks({ ...client, transactional, ...errors }, { missing }),
  );
}
