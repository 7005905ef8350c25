import { ConfigResourceType } from './config-resource.ts';
import { type ConfigMap, configsOf, type DynamicConfigs } from './dynamic-configs.ts';

/** Everything that was ever said about one broker's configs. Cheap; make a new one per image. */
export interface BrokerConfiguration {
  readonly brokerId: number;
  /** What it was started with. */
  readonly static: ConfigMap;
  /** Set at run time for this broker alone. */
  readonly dynamicBroker: ConfigMap;
  /** Set at run time for every broker. */
  readonly dynamicDefault: ConfigMap;
}

const lastOf = new WeakMap<ConfigMap, Map<number, BrokerConfiguration>>();

/** The same object as long as nothing changed, so that what is read out of it can be kept. */
export function brokerConfiguration(
  brokerId: number,
  staticConfigs: ConfigMap,
  dynamic: DynamicConfigs,
): BrokerConfiguration {
  const { BROKER } = ConfigResourceType;
  const dynamicBroker = configsOf(dynamic, { type: BROKER, name: String(brokerId) });
  const dynamicDefault = configsOf(dynamic, { type: BROKER, name: '' });
  const brokers = lastOf.get(staticConfigs) ?? new Map<number, BrokerConfiguration>();
  lastOf.set(staticConfigs, brokers);
  const last = brokers.get(brokerId);
  if (last?.dynamicBroker === dynamicBroker && last.dynamicDefault === dynamicDefault) return last;
  const made = { brokerId, static: staticConfigs, dynamicBroker, dynamicDefault };
  brokers.set(brokerId, made);
  return made;
}
