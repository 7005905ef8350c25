// What a process has that has just been started: how long the start took, what it holds.
import { setTimeout as pause } from 'node:timers/promises';
import { residentMB } from '../processes.mjs';
import { produceAll, withTopic } from './topics.mjs';

const settleMs = 1000;
const memory = async (session) => {
  await pause(settleMs);
  return { MB: residentMB(session.pids) };
};

const targets = ['null', 'odradek', 'mock', 'kfake', 'kafka'];
// Real Kafka refuses 10,000, which are more records than one operation of its controller may write.
const manyPartitions = 9_999;

export const freshOne = {
  brokers: 1,
  fresh: true,
  targets,
  async measure({ session, take }) {
    await take('cold start', () => ({ ms: session.startMs }));
    await take('idle memory', () => memory(session));
    await take('9,999 partitions', async () => {
      const begin = performance.now();
      await session.createTopic(`many-p${manyPartitions}`, manyPartitions, 1);
      return { ms: performance.now() - begin };
    });
    await take('9,999 partitions memory', () => memory(session));
  },
};

export const freshThree = {
  brokers: 3,
  fresh: true,
  targets,
  async measure({ session, take, scale }) {
    await take('cold start', () => ({ ms: session.startMs }));
    await take('idle memory', () => memory(session));
    if (!session.stores) return;
    const count = 250_000 * scale;
    await withTopic(session, { replicas: 3, sizeBytes: 1024 }, (topic) =>
      take('memory after 256 MB', async () => {
        await produceAll(session, { topic, partition: 0, count, sizeBytes: 1024, acks: -1 });
        return memory(session);
      }),
    );
  },
};
