import { Cluster } from '../../src/cluster/cluster.ts';
import { brokerConfiguration } from '../../src/config/broker-configuration.ts';
import { brokerSettings } from '../../src/config/broker-settings.ts';
import { noDynamicConfigs } from '../../src/config/dynamic-configs.ts';
import { staticConfigs } from '../../src/config/static-configs.ts';
import { clusterWorld } from '../../src/server/cluster-world.ts';

export const brokerIds = [1, 2, 3] as const;

/** Three brokers without sockets, not started yet: a function of seed, configs and inputs. */
export function buildCluster(options: {
  readonly seed: number;
  readonly startMs: number;
  readonly config: Readonly<Record<string, string | number | boolean>>;
}) {
  const { seed, startMs, config } = options;
  const { brokers } = staticConfigs({ brokerIds, config, perBroker: {}, kafkaDefaults: false });
  const definitions = brokerIds.map((brokerId) => ({ brokerId, configs: brokers.get(brokerId)! }));
  const cluster = new Cluster({ seed, startMs, brokers: definitions, traceCapacity: 1_000_000 });
  const world = clusterWorld(cluster, (brokerId) =>
    brokerSettings(brokerConfiguration(brokerId, brokers.get(brokerId)!, noDynamicConfigs)),
  );
  return { cluster, world };
}
