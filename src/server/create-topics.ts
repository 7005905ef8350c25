import { ErrorCode, errorInfo } from '../protocol/error-code.ts';
import { CreateTopics } from '../protocol/messages/create-topics.ts';
import { askCluster } from './ask-cluster.ts';
import { ClusterError } from './cluster-error.ts';
import type { ClusterLife } from './cluster-life.ts';
import type { ConfigOptions, TopicOptions } from './cluster-options.ts';

const brokersDefault = -1;
const timeoutMs = 30_000;

/** Creates topics as any client does. Rejects with `ClusterError` E_TOPIC_REFUSED at the first. */
export async function createTopics(
  life: ClusterLife,
  topics: Readonly<Record<string, TopicOptions>>,
): Promise<void> {
  const wanted = Object.entries(topics);
  if (wanted.length === 0) return;
  const response = await askCluster(life, CreateTopics, {
    topics: wanted.map(([name, topic]) => ({
      name,
      numPartitions: topic.partitions ?? brokersDefault,
      replicationFactor: topic.replicationFactor ?? brokersDefault,
      assignments: [],
      configs: configsOf(topic.config ?? {}),
    })),
    timeoutMs,
    validateOnly: false,
  });
  for (const { name, errorCode, errorMessage } of response.topics) {
    if (errorCode === ErrorCode.NONE) continue;
    const info = errorInfo(errorCode);
    const text = `topic '${name}': ${info?.name ?? errorCode}: ${errorMessage ?? info?.message}`;
    throw new ClusterError('E_TOPIC_REFUSED', text);
  }
}

function configsOf(config: ConfigOptions): { name: string; value: string }[] {
  return Object.entries(config).map(([name, value]) => ({ name, value: String(value) }));
}
