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
      const found = await this.#fetch(partition, next);
      if (found.length === 0) throw new Error(`offset ${next} does not come`);
      rows.push(...found);
    }
    return rows.slice(0, count);
  };

  /** What there is of some partitions, each from its offset on: a Fetch to one leader after the other. */
  async readAll(offsets) {
    const leaders = this.#cluster.findLeaderForPartitions(this.#topic, [...offsets.keys()]);
    const rows = [];
    for (const [leader, partitions] of Object.entries(leaders)) {
      const share = new Map(partitions.map((each) => [each, offsets.get(each)]));
      rows.push(...(await this.#fetchFrom(leader, share, 100)));
    }
    return rows;
  }

  /** Asks anew who leads, after an error. */
  async refresh() {
    if (!this.#cluster.isConnected()) await this.#cluster.connect();
    await this.#cluster.refreshMetadata();
  }

  async #fetch(partition, offset) {
    const [leader] = Object.keys(this.#cluster.findLeaderForPartitions(this.#topic, [partition]));
    return this.#fetchFrom(leader, new Map([[partition, offset]]), 10_000);
  }

  async #fetchFrom(leader, offsets, maxWaitTime) {
    const broker = await this.#cluster.findBroker({ nodeId: leader });
    const wanted = Array.from(offsets, ([partition, offset]) => {
      return { partition, fetchOffset: String(offset), maxBytes: 2 ** 20 };
    });
    const { responses } = await broker.fetch({
      replicaId: -1,
      isolationLevel: 1,
      maxWaitTime,
      minBytes: 1,
      topics: [{ topic: this.#topic, partitions: wanted }],
    });
    return responses[0].partitions.flatMap(
      ({ partition, messages }) =>
        messages
          .map((message) => rowOf(partition, message))
          .filter(({ offset }) => offset >= offsets.get(partition)), // a batch comes whole
    );
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
