// Three brokers, three replicas, six partitions: what acks=all costs beside acks=1.
import { produceWakesFetch } from '../drivers/wake.mjs';
import { produceAll, withTopic } from './topics.mjs';

const shape = { partitions: 6, replicas: 3 };
const sizes = [
  { title: '100 B', sizeBytes: 100, full: 1_000_000 },
  { title: '1 KB', sizeBytes: 1024, full: 150_000 },
];
const acksOf = { 'acks=1': 1, 'acks=all': -1 };

export const three = {
  brokers: 3,
  targets: ['null', 'odradek', 'mock', 'kfake', 'kafka'],
  async measure({ session, take, scale }) {
    for (const { title, sizeBytes, full } of sizes) {
      const count = full * scale;
      for (const [name, acks] of Object.entries(acksOf)) {
        await withTopic(session, { ...shape, sizeBytes }, (topic) =>
          take(`${name} ${title}`, () => produceAll(session, { topic, count, sizeBytes, acks })),
        );
      }
    }
    if (!session.fetches) return;
    await withTopic(session, { kind: 'live', replicas: 3 }, (topic) =>
      take('wake-up', () => produceWakesFetch(session, topic, { acks: -1, count: 1000 })),
    );
  },
};
