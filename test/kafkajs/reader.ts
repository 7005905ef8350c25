import type { Kafka } from 'kafkajs';

interface FetchedMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

interface FetchRequest {
  readonly replicaId: number;
  readonly isolationLevel: number;
  readonly maxWaitTime: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly fetchOffset: string;
      readonly maxBytes: number;
    }[];
  }[];
}

interface InnerBroker {
  fetch(request: FetchRequest): Promise<{
    readonly responses: readonly {
      readonly partitions: readonly { readonly messages: readonly FetchedMessage[] }[];
    }[];
  }>;
}

interface InnerCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  findBroker(query: { nodeId: string }): Promise<InnerBroker>;
}

/**
 * What kafkajs itself reads from partition 0 of a topic. Its Consumer wants a group coordinator,
 * which is not there yet; this is the part of kafkajs below it, and fetches and decodes the same.
 */
export async function readWithKafkajs(
  kafka: Kafka,
  topic: string,
  fromOffset = 0,
): Promise<readonly FetchedMessage[]> {
  const create = Object.getOwnPropertySymbols(kafka).find((symbol) =>
    symbol.description?.endsWith('createCluster'),
  );
  const inner = kafka as unknown as Record<symbol, (options: object) => InnerCluster>;
  const cluster = inner[create!]!({});
  await cluster.connect();
  try {
    await cluster.addTargetTopic(topic);
    const [leader] = Object.keys(cluster.findLeaderForPartitions(topic, [0]));
    const broker = await cluster.findBroker({ nodeId: leader! });
    const messages: FetchedMessage[] = [];
    for (;;) {
      const fetchOffset = String(fromOffset + messages.length);
      const { responses } = await broker.fetch({
        replicaId: -1,
        isolationLevel: 1,
        maxWaitTime: 1,
        topics: [{ topic, partitions: [{ partition: 0, fetchOffset, maxBytes: 1_000_000 }] }],
      });
      const more = responses[0]?.partitions[0]?.messages ?? [];
      const wanted = more.filter(({ offset }) => Number(offset) >= Number(fetchOffset));
      if (wanted.length === 0) return messages;
      messages.push(...wanted);
    }
  } finally {
    await cluster.disconnect();
  }
}
