import { afterAll, beforeAll } from 'vitest';
import { Cluster } from './cluster.ts';
import { openTarget } from './target.ts';

/** The cluster of a file of behaviours: call it once at the top, use it inside tests. */
export function useCluster(): () => Cluster {
  let cluster: Cluster | undefined;
  beforeAll(async () => {
    cluster = await Cluster.open(await openTarget());
  });
  afterAll(async () => {
    await cluster?.close();
  });
  return () => {
    if (cluster === undefined) throw new Error('use the cluster inside a test');
    return cluster;
  };
}
