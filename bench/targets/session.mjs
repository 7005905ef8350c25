// A running cluster of a target, as scenarios see it.
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '../drivers/connection.mjs';

const patienceMs = 180_000;

/** What `attempt` gives, again and again until it is something: nothing says when a broker is up. */
async function eventually(what, { hasEnded }, attempt) {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    if (hasEnded()) throw new Error(`${what}: a broker has ended`);
    const result = await attempt().catch(() => null);
    if (result) return result;
    await pause(1);
  }
  throw new Error(`${what}: not in ${patienceMs} ms`);
}

async function metadataWith(brokers, address) {
  const connection = await Connection.open(address);
  const all = await connection.metadata().finally(() => connection.close());
  return all.brokers.length === brokers ? all : null;
}

const addressOf = ({ host, port }) => `${host}:${port}`;
const isLed = ({ error, leader }) => error === 0 && leader >= 0;

class Session {
  #admin;
  #cluster;

  constructor(cluster, admin, startMs) {
    this.#cluster = cluster;
    this.#admin = admin;
    /** From the start of the process to the first Metadata reply with all brokers in it. */
    this.startMs = startMs;
  }
  get brokers() {
    return this.#cluster.brokers;
  }
  /** Whether the records that are produced are there afterwards. */
  get stores() {
    return this.#cluster.stores;
  }
  /** Whether a consumer is served, and woken by a produce. */
  get fetches() {
    return this.#cluster.fetches;
  }
  get bootstrap() {
    return this.#cluster.addresses.join();
  }
  get pids() {
    return this.#cluster.pids;
  }
  metadata(topics) {
    return this.#admin.metadata(topics);
  }

  /** Resolves when every partition has a leader. */
  async createTopic(name, partitions, replicas) {
    await this.#cluster.createTopic(this.#admin, name, partitions, replicas);
    await eventually(`leaders of ${name}`, this.#cluster, async () => {
      const { topics } = await this.metadata([name]);
      return topics[0].partitions.filter(isLed).length === partitions;
    });
  }

  deleteTopic(name) {
    return this.#cluster.deleteTopic(this.#admin, name);
  }

  /** The partitions that each broker leads, by its HOST:PORT. */
  async leadersOf(topic) {
    const { brokers, topics } = await this.metadata([topic]);
    const led = brokers.map(({ id, host, port }) => {
      const own = topics[0].partitions.filter(({ leader }) => leader === id);
      return [addressOf({ host, port }), own.map(({ index }) => index)];
    });
    return led.filter(([, indexes]) => indexes.length > 0);
  }

  async stop() {
    this.#admin.close();
    await this.#cluster.end();
  }
}

/** `cluster` has just been started: its addresses, processes, and how topics are made there. */
export async function openSession(cluster) {
  try {
    const { addresses, brokers, begin } = cluster;
    const all = await eventually(`${brokers} brokers`, cluster, () =>
      metadataWith(brokers, addresses[0]),
    );
    const startMs = performance.now() - begin;
    const controller = all.brokers.find(({ id }) => id === all.controllerId) ?? all.brokers[0];
    const admin = await eventually('controller', cluster, () =>
      Connection.open(addressOf(controller)),
    );
    return new Session(cluster, admin, startMs);
  } catch (error) {
    await cluster.end();
    throw error;
  }
}

/** A cluster like Kafka's: topics are made by request, and what is produced can be fetched. */
export const likeKafka = {
  stores: true,
  fetches: true,
  createTopic: (admin, ...topic) => admin.createTopic(...topic),
  deleteTopic: (admin, name) => admin.deleteTopic(name),
};
