import type { BrokerConfiguration } from '../config/broker-configuration.ts';
import { brokerSettings } from '../config/broker-settings.ts';
import { ConfigResourceType } from '../config/config-resource.ts';
import type { Knobs } from '../config/knobs.ts';
import { elrFeature, kraftFeature, supportedFeatures } from './features.ts';
import type { MetadataRecord } from './metadata-records.ts';

/**
 * What the metadata of a new cluster begins with. With eligible leader replicas (KIP-966) the
 * minimum of in-sync replicas is one for all brokers, so it moves from the static configs to where
 * it can only be changed for all.
 */
export function bootstrapRecords(
  configuration: BrokerConfiguration,
  { elr }: Pick<Knobs, 'elr'>,
): MetadataRecord[] {
  const features = supportedFeatures
    .filter(({ name }) => name !== kraftFeature && (elr || name !== elrFeature))
    .map(({ name, max }): MetadataRecord => ({ type: 'feature-level', name, level: max }));
  if (!elr) return features;
  const value = String(brokerSettings(configuration).minInsyncReplicas);
  const resource = { resourceType: ConfigResourceType.BROKER, resourceName: '' };
  return [...features, { type: 'config', ...resource, name: 'min.insync.replicas', value }];
}
