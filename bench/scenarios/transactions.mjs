// franz-go's transactional producer: transactions of 100 records, by one after another, and by ten
// side by side; three brokers, three replicas, six partitions.
import { commitTransactions } from '../drivers/transactions.mjs';
import { awaitStored, withTopic } from './topics.mjs';

const partitions = 6;
const records = 100;
const sizeBytes = 100;
const loads = [
  { title: 'one producer', producers: 1, full: 400 },
  { title: 'ten producers', producers: 10, full: 2000 },
];

export const transactions = {
  brokers: 3,
  needs: ['transactions'],
  targets: ['odradek', 'kfake', 'kafka'],
  async measure({ session, take, scale }) {
    for (const { title, producers, full } of loads) {
      const shape = { kind: 'transactions', partitions, replicas: 3, sizeBytes };
      await withTopic(session, shape, async (topic) => {
        const load = { topic, partitions, producers, count: full * scale, records, sizeBytes };
        await take(title, async () => {
          const figures = await commitTransactions(session, load);
          // Each ends with a marker, and each producer has had one more before.
          await awaitStored(session, topic, (load.count + producers) * (records + 1));
          return figures;
        });
      });
    }
  },
};
