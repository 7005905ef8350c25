// How figures grow with partitions, connections and what is stored. Every size has a fresh process.
import { Connection, frames } from '../drivers/connection.mjs';
import { consume } from '../drivers/rdkafka.mjs';
import { answerMs, withPauses } from '../drivers/wake.mjs';
import { residentMB } from '../processes.mjs';
import { produceAll, withTopic } from './topics.mjs';

const common = {
  brokers: 1,
  fresh: true,
  rounds: 3,
  warmups: 0,
  needs: ['rdkafka_performance', 'wake'],
  targets: ['odradek', 'kfake', 'kafka'],
};

const timed = async (what) => {
  const begin = performance.now();
  await what();
  return { ms: performance.now() - begin };
};

async function memory({ session, take }) {
  await take('memory', () => ({ MB: residentMB(session.pids) }));
}

/** Produce and consume of 1 KB in one partition, with the pauses that others see meanwhile. */
async function load({ session, take }, count) {
  await withTopic(session, { sizeBytes: 1024 }, async (topic) => {
    const wanted = { topic, partition: 0, count, sizeBytes: 1024 };
    await take('produce', () => withPauses(session, () => produceAll(session, wanted)));
    await take('fetch', () => withPauses(session, () => consume(session, wanted)));
    await memory({ session, take });
  });
}

export const partitions = {
  ...common,
  label: 'partitions',
  sizes: [10, 1000, 9999],
  async measure({ session, take, scale, size }) {
    const topic = `many-p${size}`;
    await take('start', () => timed(() => session.createTopic(topic, size, 1)));
    await take('metadata', async () => ({
      ms: await answerMs(session, frames.metadata([topic]), 20),
    }));
    const all = { topic, count: 20_000 * scale, sizeBytes: 100, spread: true };
    await take('produce', () => withPauses(session, () => produceAll(session, all)));
    const fetch = frames.fetch(topic, size, { maxWaitMs: 0, minBytes: 1, maxBytes: 1 << 19 });
    await take('fetch', async () => ({ ms: await answerMs(session, fetch, 20) }));
    await memory({ session, take });
  },
};

/** Opens connections, each of which asks once. */
const connectAll = (session, count) =>
  Connection.openAll(session.bootstrap, count, (one) => one.ask(frames.apiVersions()));

export const connections = {
  ...common,
  label: 'connections',
  sizes: [10, 1000, 10_000],
  async measure({ session, take, scale, size }) {
    let opened = [];
    await take('start', () =>
      timed(async () => {
        opened = await connectAll(session, size);
      }),
    );
    await take('metadata', async () => ({
      ms: await answerMs(session, frames.metadata([]), 200),
    }));
    await load({ session, take }, 200_000 * scale);
    for (const connection of opened) connection.close();
  },
};

export const stored = {
  ...common,
  label: 'MB stored',
  sizes: [32, 256, 2048],
  async measure({ session, take, scale, size }) {
    await load({ session, take }, Math.round(size * 1000 * scale));
  },
};
