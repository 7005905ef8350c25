import { Cluster } from '../cluster/cluster.ts';
import { brokerConfiguration } from '../config/broker-configuration.ts';
import { type BrokerSettings, brokerSettings } from '../config/broker-settings.ts';
import { noDynamicConfigs } from '../config/dynamic-configs.ts';
import type { ResolvedOptions } from './cluster-options.ts';
import { clusterWorld } from './cluster-world.ts';
import type { World } from './world.ts';

/** A cluster that has not started yet: from here on a function of its inputs, live or replayed. */
export function buildWorld(
  { brokerIds, controllerIds, staticConfigs, knobs }: ResolvedOptions,
  run: { readonly seed: number; readonly startMs: number },
): { cluster: Cluster; world: World; settings: (brokerId: number) => BrokerSettings } {
  const brokers = brokerIds.map((brokerId) => ({
    brokerId,
    configs: staticConfigs.get(brokerId)!,
  }));
  const cluster = new Cluster({ ...run, brokers, controllers: controllerIds, knobs });
  const settings = (brokerId: number): BrokerSettings =>
    cluster.broker(brokerId)?.settings ??
    brokerSettings(
      brokerConfiguration(brokerId, cluster.staticConfigs(brokerId), noDynamicConfigs),
    );
  return { cluster, world: clusterWorld(cluster, settings), settings };
}
