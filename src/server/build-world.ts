import { Cluster } from '../cluster/cluster.ts';
import { brokerConfiguration } from '../config/broker-configuration.ts';
import { type BrokerSettings, brokerSettings } from '../config/broker-settings.ts';
import { noDynamicConfigs } from '../config/dynamic-configs.ts';
import type { ResolvedOptions } from './cluster-options.ts';
import { clusterWorld } from './cluster-world.ts';
import type { World } from './world.ts';

/** A cluster that has not started yet: from here on a function of its inputs, live or replayed. */
export function buildWorld(
  { brokerIds, controllerIds, staticConfigs }: ResolvedOptions,
  run: { readonly seed: number; readonly startMs: number },
): { cluster: Cluster; world: World; settings: (brokerId: number) => BrokerSettings } {
  const configsOf = (brokerId: number) => staticConfigs.get(brokerId)!;
  const brokers = brokerIds.map((brokerId) => ({ brokerId, configs: configsOf(brokerId) }));
  const cluster = new Cluster({ ...run, brokers, controllers: controllerIds });
  const settings = (brokerId: number): BrokerSettings =>
    cluster.broker(brokerId)?.settings ??
    brokerSettings(brokerConfiguration(brokerId, configsOf(brokerId), noDynamicConfigs));
  return { cluster, world: clusterWorld(cluster, settings), settings };
}
