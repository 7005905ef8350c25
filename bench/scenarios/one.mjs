// One broker, acks=1, one partition: produce and consume, wake-up, kafkajs.
import { oneAfterAnother } from '../drivers/kafkajs.mjs';
import { consume } from '../drivers/rdkafka.mjs';
import { produceWakesFetch } from '../drivers/wake.mjs';
import { produceAll, warmUp, withTopic } from './topics.mjs';

const sizes = [
  { title: '100 B', sizeBytes: 100, full: 2_000_000 },
  { title: '1 KB', sizeBytes: 1024, full: 300_000 },
];

export const one = {
  brokers: 1,
  needs: ['rdkafka_performance', 'wake'],
  targets: ['null', 'odradek', 'mock', 'kfake', 'kafka'],
  async measure({ session, take, scale }) {
    await warmUp(session, {}, 1);
    for (const { title, sizeBytes, full } of sizes) {
      const count = full * scale;
      await withTopic(session, { sizeBytes }, async (topic) => {
        const load = { topic, partition: 0, count, sizeBytes };
        await take(`produce ${title}`, () => produceAll(session, load));
        if (session.fetches) await take(`consume ${title}`, () => consume(session, load));
      });
    }
    await withTopic(session, {}, (topic) => take('kafkajs', () => oneAfterAnother(session, topic)));
    if (!session.fetches) return;
    await withTopic(session, { kind: 'live' }, (topic) =>
      take('wake-up', () => produceWakesFetch(session, topic, { acks: 1, count: 1000 })),
    );
  },
};
