// Three brokers, three replicas, six partitions: what acks=all costs beside acks=1.
import { produceWakesFetch } from '../drivers/wake.mjs';
import { produceAll, warmUp, withTopic } from './topics.mjs';

const shape = { partitions: 6, replicas: 3 };
const sizes = [
  { title: '100 B', sizeBytes: 100, full: 1_000_000 },
  { title: '1 KB', sizeBytes: 1024, full: 150_000 },
];
const leader = { name: 'acks=1', acks: 1 };
const all = { name: 'acks=all', acks: -1 };
const mean = (one, other) => (one + other) / 2;

/** Neither of the two is always the one that comes after the other. */
async function bothAcks(session, load) {
  const taken = { [leader.name]: [], [all.name]: [] };
  for (const { name, acks } of [leader, all, all, leader]) {
    const figures = await withTopic(session, { ...shape, sizeBytes: load.sizeBytes }, (topic) =>
      produceAll(session, { ...load, topic, acks }),
    );
    taken[name].push(figures);
  }
  return Object.fromEntries(
    Object.entries(taken).flatMap(([name, [one, other]]) => [
      [`${name} rate`, mean(one.rate, other.rate)],
      [`${name} cpuUs`, mean(one.cpuUs, other.cpuUs)],
    ]),
  );
}

export const three = {
  brokers: 3,
  needs: ['rdkafka_performance', 'wake'],
  targets: ['null', 'odradek', 'mock', 'kfake', 'kafka'],
  async measure({ session, take, scale }) {
    await warmUp(session, shape, all.acks);
    for (const { title, sizeBytes, full } of sizes) {
      await take(title, () => bothAcks(session, { sizeBytes, count: full * scale }));
    }
    if (!session.fetches) return;
    await withTopic(session, { kind: 'live', replicas: 3 }, (topic) =>
      take('wake-up', () => produceWakesFetch(session, topic, { acks: all.acks, count: 1000 })),
    );
  },
};
