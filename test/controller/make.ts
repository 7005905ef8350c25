import { brokerConfiguration } from '../../src/config/broker-configuration.ts';
import { ConfigResourceType } from '../../src/config/config-resource.ts';
import { noDynamicConfigs } from '../../src/config/dynamic-configs.ts';
import { modernKnobs } from '../../src/config/knobs.ts';
import {
  type ClusterMetadata,
  emptyMetadata,
  replay,
} from '../../src/controller/cluster-metadata.ts';
import type { CallContext } from '../../src/controller/controller-call.ts';
import { elrFeature } from '../../src/controller/features.ts';
import type { MetadataRecord } from '../../src/controller/metadata-records.ts';
import { Random } from '../../src/simulation/random.ts';

export const endpoint = { host: 'localhost', port: 9092 };

/** Brokers 1 to `count`, each with its id times 100 as its epoch, none of them fenced. */
export function brokers(count: number): MetadataRecord[] {
  const incarnation = 1;
  return Array.from({ length: count }, (_, index) => index + 1).flatMap((brokerId) => {
    const registration = { brokerId, brokerEpoch: brokerId * 100, incarnation };
    return [
      { type: 'register-broker', ...registration, endpoint, rack: null },
      { type: 'broker-registration-change', brokerId, fenced: false },
    ];
  });
}

/** A config of topic `t`. */
export const topicConfig = (name: string, value: string): MetadataRecord => ({
  type: 'config',
  ...{ resourceType: ConfigResourceType.TOPIC, resourceName: 't', name, value },
});

/** Eligible leader replicas are kept. */
export const withElr: MetadataRecord = { type: 'feature-level', name: elrFeature, level: 1 };

/** A topic whose id is its name; every replica in sync, the first one leads. */
export function topic(name: string, ...replicas: readonly (readonly number[])[]): MetadataRecord[] {
  return [
    { type: 'topic', name, topicId: name },
    ...replicas.map(
      (ids, partition): MetadataRecord => ({
        type: 'partition',
        topicId: name,
        partition,
        replicas: ids,
        isr: ids,
        leader: ids[0]!,
      }),
    ),
  ];
}

export const clusterOf = (...records: readonly MetadataRecord[]): ClusterMetadata =>
  replay(emptyMetadata, records);

export const contextOf = (
  metadata: ClusterMetadata,
  configs: Record<string, string> = {},
): CallContext => ({
  metadata,
  random: new Random(1),
  knobs: modernKnobs,
  configuration: brokerConfiguration(-1, new Map(Object.entries(configs)), noDynamicConfigs),
});
