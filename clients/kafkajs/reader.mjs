/**
 * kafkajs reads only through its Consumer, which wants a group coordinator. This is the part of
 * kafkajs below it: its cluster, its connections, its Fetch and its decoding.
 */
export class Reader {
  #cluster;
  #topic;

  static async open(kafka, topic) {
    const createCluster = Object.getOwnPropertySymbols(kafka).find((symbol) =>
      symbol.description.endsWith('createCluster'),
    );
    const reader = new Reader();
    reader.#cluster = kafka[createCluster]({});
    reader.#topic = topic;
    await reader.#cluster.connect();
    await reader.#cluster.addTargetTopic(topic);
    return reader;
  }

  close() {
    return this.#cluster.disconnect();
  }

  /** That many records from an offset on. Each Fetch waits until there is one more. */
  read = async (partition, offset, count) => {
    const rows = [];
    for (let next = offset; rows.length < count; next = rows.at(-1).offset + 1) {
      const messages = await this.#fetch(partition, next);
      if (messages.length === 0) throw new Error(`offset ${next} does not come`);
      rows.push(...messages.map((message) => rowOf(partition, message)));
    }
    return rows.slice(0, count);
  };

  async #fetch(partition, offset) {
    const [leader] = Object.keys(this.#cluster.findLeaderForPartitions(this.#topic, [partition]));
    const broker = await this.#cluster.findBroker({ nodeId: leader });
    const wanted = { partition, fetchOffset: String(offset), maxBytes: 2 ** 20 };
    const { responses } = await broker.fetch({
      replicaId: -1,
      isolationLevel: 1,
      maxWaitTime: 10_000,
      minBytes: 1,
      topics: [{ topic: this.#topic, partitions: [wanted] }],
    });
    const messages = responses[0].partitions[0].messages;
    return messages.filter((message) => Number(message.offset) >= offset); // a batch comes whole
  }
}

function rowOf(partition, { offset, timestamp, key, value, headers }) {
  const named = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((each) => [name, each]),
  );
  return {
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    key,
    value,
    headers: named,
  };
}
