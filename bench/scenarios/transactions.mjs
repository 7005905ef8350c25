// franz-go's transactional producer: transactions of 100 records, by one after another, and by ten
// side by side; three brokers, three replicas, six partitions.
import { commitTransactions } from '../drivers/transactions.mjs';
import { awaitStored, withTopic } from './topics.mjs';

const partitions = 6;
const records = 100;
const sizeBytes = 100;
const loads = [
  { title: 'one producer', producers: 1 },
  { title: 'ten producers', producers: 10 },
];

export const transactions = {
  brokers: 3,
  needs: ['transactions'],
  targets: ['odradek', 'kfake', 'kafka'],
  async measure({ session, take }) {
    for (const { title, producers } of loads) {
      const shape = { kind: 'transactions', partitions, replicas: 3, sizeBytes };
      await withTopic(session, shape, (topic) =>
        take(title, async () => {
          const load = { topic, partitions, producers, seconds: 2, records, sizeBytes };
          const { offsets, figures } = await commitTransactions(session, load);
          await awaitStored(session, topic, offsets);
          return figures;
        }),
      );
    }
  },
};
