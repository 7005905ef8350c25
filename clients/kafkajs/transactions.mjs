// kafkajs in transactions: Producer.transaction().
import kafkajs from 'kafkajs';
import { transactionChecks } from '../js-checks/transaction-checks.mjs';
import { kafka, withGroupClient } from './group.mjs';

const { Partitioners } = kafkajs;

/** @type {import('../js-checks/ledger.mjs').Client['transactional']} */
async function transactional(transactionalId) {
  const producer = kafka.producer({
    ...{ transactionalId, idempotent: true, maxInFlightRequests: 1 },
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  await (await producer.transaction()).abort(); // the first one initializes it
  let transaction;
  return {
    async begin() {
      transaction = await producer.transaction();
    },
    async send(topic, rows) {
      const offsets = [];
      // One partition at a time. Where one broker refuses, as the last transaction has no markers
      // yet, it sends again to all that have not answered: and then they have it twice.
      for (const each of new Set(rows.map(({ partition }) => partition))) {
        const messages = rows.filter(({ partition }) => partition === each);
        const [{ baseOffset }] = await transaction.send({ topic, acks: -1, messages });
        offsets[each] = Number(baseOffset);
      }
      return rows.map(({ partition }) => offsets[partition]++);
    },
    sendOffsets(offsets, { groupId: consumerGroupId, topic }) {
      const partitions = Array.from(offsets, ([partition, offset]) => {
        return { partition, offset: String(offset) };
      });
      return transaction.sendOffsets({ consumerGroupId, topics: [{ topic, partitions }] });
    },
    commit: () => transaction.commit(),
    abort: () => transaction.abort(),
    close: () => producer.disconnect(),
  };
}

/** The checks of transactions with this client. */
export async function checkTransactions() {
  await withGroupClient((client) =>
    transactionChecks(
      {
        ...client,
        transactional,
        nameOf: (error) => error.type ?? error.name,
        fencedAs: 'INVALID_PRODUCER_EPOCH',
      },
      { missing: { 'transaction-admin': 'kafkajs has no administration of transactions' } },
    ),
  );
}
