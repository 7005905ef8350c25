// A running cluster of a target, as scenarios see it.
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '../drivers/connection.mjs';

const patienceMs = 90_000;

/** The Metadata of a cluster that may just be starting, once it names all of its brokers. */
async function firstMetadata(address, brokers, begin) {
  while (performance.now() - begin < patienceMs) {
    const connection = await Connection.open(address).catch(() => null);
    const all = await connection?.metadata().catch(() => null);
    connection?.close();
    if (all?.brokers.length === brokers) return all;
    await pause(1);
  }
  throw new Error(`no Metadata with ${brokers} brokers in ${patienceMs} ms`);
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
    const begin = performance.now();
    while (performance.now() - begin < patienceMs) {
      const { topics } = await this.metadata([name]);
      if (topics[0].partitions.filter(isLed).length === partitions) return;
    }
    throw new Error(`${name} is not led in ${patienceMs} ms`);
  }

  deleteTopic(name) {
    return this.#cluster.deleteTopic(this.#admin, name);
  }

  /** HOST:PORT of the broker that leads a partition. */
  async leaderOf(topic, index) {
    const { brokers, topics } = await this.metadata([topic]);
    const partition = topics[0].partitions.find((each) => each.index === index);
    return addressOf(brokers.find(({ id }) => id === partition.leader));
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
    const all = await firstMetadata(addresses[0], brokers, begin);
    const startMs = performance.now() - begin;
    const controller = all.brokers.find(({ id }) => id === all.controllerId) ?? all.brokers[0];
    return new Session(cluster, await Connection.open(addressOf(controller)), startMs);
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
