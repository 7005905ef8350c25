// Kafka's own Java producer, one broker, acks=1, one partition.
import { produce } from '../drivers/jvm.mjs';
import { withTopic } from './topics.mjs';

const sizes = [
  { title: '100 B', sizeBytes: 100, full: 1_000_000 },
  { title: '1 KB', sizeBytes: 1024, full: 150_000 },
];

export const jvm = {
  brokers: 1,
  needs: ['kafka-tools.classpath'],
  // It finds nothing in the mock's answers that it takes for a broker, and gives up after minutes.
  targets: ['null', 'odradek', 'kfake', 'kafka'],
  async measure({ session, take, scale }) {
    for (const { title, sizeBytes, full } of sizes) {
      await withTopic(session, { sizeBytes }, (topic) =>
        take(`produce ${title}`, () => produce(session, { topic, count: full * scale, sizeBytes })),
      );
    }
  },
};
