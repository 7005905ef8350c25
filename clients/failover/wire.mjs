import kafkajs from 'kafkajs';
import { Reader } from '../kafkajs/reader.mjs';

const { Kafka, logLevel } = kafkajs;

/** What the runner itself asks a cluster, over TCP like everybody, whatever the cluster is. */
export class Wire {
  #kafka;
  #admin;
  #topic;

  static async open(bootstrapServers, topic) {
    const wire = new Wire();
    const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 20 };
    const brokers = bootstrapServers.split(',');
    wire.#kafka = new Kafka({ brokers, retry, logLevel: logLevel.NOTHING });
    wire.#topic = topic;
    wire.#admin = wire.#kafka.admin();
    await wire.#admin.connect();
    return wire;
  }

  async createTopic(partitions, configs) {
    const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
    const shape = { topic: this.#topic, numPartitions: partitions, replicationFactor: 3 };
    await this.#admin.createTopics({ topics: [{ ...shape, configEntries }] });
  }

  /** Leader and replicas in sync, by partition. */
  async partitions() {
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [this.#topic] });
    return topics[0].partitions.sort((a, b) => a.partitionId - b.partitionId);
  }

  /** The numbers in each partition, by offset. */
  async log() {
    const reader = await Reader.open(this.#kafka, this.#topic);
    const bounds = await this.#admin.fetchTopicOffsets(this.#topic);
    const log = [];
    for (const { partition, high } of bounds) {
      const rows = await reader.read(partition, 0, Number(high));
      log[partition] = rows.map(({ value }) => Number(value));
    }
    await reader.close();
    return log;
  }

  async close() {
    await this.#admin.disconnect();
  }
}
