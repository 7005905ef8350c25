import { assert, unreachable } from '../assert.ts';
import { ConfigResourceType } from '../config/config-resource.ts';
import {
  applyConfigChanges,
  type ConfigChange,
  type DynamicConfigs,
  dropConfigResource,
  noDynamicConfigs,
} from '../config/dynamic-configs.ts';
import type { Endpoint, MetadataRecord } from './metadata-records.ts';

interface BrokerImage {
  readonly brokerId: number;
  readonly brokerEpoch: number;
  readonly endpoint: Endpoint;
  readonly rack: string | null;
  /** A fenced broker leads nothing, is in no ISR and is hidden from clients. */
  readonly fenced: boolean;
}

export interface PartitionImage {
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  /** A broker's id, or -1: no leader. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
}

export interface TopicImage {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly PartitionImage[];
}

/** One state of the cluster. Never changes; `replay` makes the next one. */
export interface ClusterMetadata {
  /** How many records made it: the offset of the next one. */
  readonly offset: number;
  readonly brokers: ReadonlyMap<number, BrokerImage>;
  readonly topicsById: ReadonlyMap<string, TopicImage>;
  readonly topicsByName: ReadonlyMap<string, TopicImage>;
  /** What has been set by request, resource by resource. */
  readonly configs: DynamicConfigs;
  readonly nextProducerId: number;
}

export const emptyMetadata: ClusterMetadata = {
  offset: 0,
  brokers: new Map(),
  topicsById: new Map(),
  topicsByName: new Map(),
  configs: noDynamicConfigs,
  nextProducerId: 0,
};

/** A copy that a batch of records may change. What the batch does not touch stays shared. */
interface Draft {
  brokers: Map<number, BrokerImage>;
  topics: Map<string, { name: string; topicId: string; partitions: PartitionImage[] }>;
  removedTopics: Set<string>;
  configs: DynamicConfigs;
  configChanges: ConfigChange[];
  nextProducerId: number;
}

/** The image after `records`, which follow directly upon what made `base`. */
export function replay(base: ClusterMetadata, records: readonly MetadataRecord[]): ClusterMetadata {
  const draft: Draft = {
    brokers: new Map(base.brokers),
    topics: new Map(),
    removedTopics: new Set(),
    configs: base.configs,
    configChanges: [],
    nextProducerId: base.nextProducerId,
  };
  for (const record of records) apply(draft, base, record);
  const changed = draft.topics.size > 0 || draft.removedTopics.size > 0;
  const topicsById = changed ? new Map(base.topicsById) : base.topicsById;
  const topicsByName = changed ? new Map(base.topicsByName) : base.topicsByName;
  if (changed) replaceTopics(draft, topicsById as Map<string, TopicImage>, 'topicId');
  if (changed) replaceTopics(draft, topicsByName as Map<string, TopicImage>, 'name');
  return {
    offset: base.offset + records.length,
    brokers: draft.brokers,
    topicsById,
    topicsByName,
    configs: applyConfigChanges(draft.configs, draft.configChanges),
    nextProducerId: draft.nextProducerId,
  };
}

function replaceTopics(draft: Draft, topics: Map<string, TopicImage>, key: 'topicId' | 'name') {
  for (const [id, topic] of draft.topics) {
    if (draft.removedTopics.has(id)) topics.delete(topic[key]);
    else topics.set(topic[key], topic);
  }
}

function draftTopic(draft: Draft, base: ClusterMetadata, topicId: string) {
  const known = draft.topics.get(topicId);
  if (known !== undefined) return known;
  const topic = base.topicsById.get(topicId);
  assert(topic !== undefined, `a record for the unknown topic ${topicId}`);
  const copy = { name: topic.name, topicId, partitions: [...topic.partitions] };
  draft.topics.set(topicId, copy);
  return copy;
}

function draftBroker(draft: Draft, brokerId: number): BrokerImage {
  const broker = draft.brokers.get(brokerId);
  assert(broker !== undefined, `a record for the unknown broker ${brokerId}`);
  return broker;
}

function apply(draft: Draft, base: ClusterMetadata, record: MetadataRecord): void {
  switch (record.type) {
    case 'register-broker': {
      const { brokerId, brokerEpoch, endpoint, rack } = record;
      draft.brokers.set(brokerId, { brokerId, brokerEpoch, endpoint, rack, fenced: true });
      return;
    }
    case 'broker-registration-change': {
      const broker = draftBroker(draft, record.brokerId);
      draft.brokers.set(record.brokerId, { ...broker, fenced: record.fenced });
      return;
    }
    case 'topic':
      draft.topics.set(record.topicId, {
        name: record.name,
        topicId: record.topicId,
        partitions: [],
      });
      return;
    case 'partition': {
      const { replicas, isr, leader } = record;
      const topic = draftTopic(draft, base, record.topicId);
      const partition = { replicas, isr, leader, leaderEpoch: 0, partitionEpoch: 0 };
      assert(record.partition === topic.partitions.length, 'partitions are made in order');
      topic.partitions.push(partition);
      return;
    }
    case 'partition-change': {
      const topic = draftTopic(draft, base, record.topicId);
      const partition = topic.partitions[record.partition];
      assert(partition !== undefined, `a change of an unknown partition of ${topic.name}`);
      topic.partitions[record.partition] = changed(partition, record);
      return;
    }
    case 'remove-topic': {
      const { name } = draftTopic(draft, base, record.topicId);
      draft.removedTopics.add(record.topicId);
      const resource = { type: ConfigResourceType.TOPIC, name };
      draft.configs = dropConfigResource(draft.configs, resource);
      return;
    }
    case 'config':
      draft.configChanges.push(record);
      return;
    case 'producer-ids':
      draft.nextProducerId = record.nextProducerId;
      return;
    default:
      unreachable(record);
  }
}

/** 4.x: a change of the ISR alone keeps the leader epoch (kafka-semantics 6.9). */
function changed(
  partition: PartitionImage,
  change: Extract<MetadataRecord, { type: 'partition-change' }>,
): PartitionImage {
  return {
    replicas: partition.replicas,
    isr: change.isr ?? partition.isr,
    leader: change.leader ?? partition.leader,
    leaderEpoch: partition.leaderEpoch + (change.leader === undefined ? 0 : 1),
    partitionEpoch: partition.partitionEpoch + 1,
  };
}
