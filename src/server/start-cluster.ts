import { ClusterLife } from './cluster-life.ts';
import { type ClusterOptions, resolveOptions } from './cluster-options.ts';
import { createTopics } from './create-topics.ts';
import { KafkaCluster } from './kafka-cluster.ts';

/**
 * Starts a cluster in this process. It resolves when every broker takes connections and every topic
 * of the options has its leaders. Rejects with a `ClusterError` for an option that is wrong or a
 * port that is in use; then nothing is left running.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<KafkaCluster> {
  const resolved = resolveOptions(options);
  const seed = resolved.seed ?? Math.floor(Math.random() * 2 ** 32);
  const life = new ClusterLife(resolved, seed, new Map());
  await life.begin();
  try {
    await createTopics(life, resolved.topics);
  } catch (error) {
    await life.end();
    throw error;
  }
  const cluster = new KafkaCluster(resolved, life);
  if (resolved.admin === undefined) return cluster;
  try {
    await cluster.openAdmin(resolved.admin);
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
}
