import { assert, unreachable } from '../assert.ts';
import { ConfigResourceType } from '../config/config-resource.ts';
import {
  applyConfigChanges,
  type ConfigChange,
  type DynamicConfigs,
  dropConfigResource,
  noDynamicConfigs,
} from '../config/dynamic-configs.ts';
import { elrFeature } from './features.ts';
import type {
  Endpoint,
  LeaderRecoveryState,
  MetadataRecord,
  PartitionChange,
} from './metadata-records.ts';

interface BrokerImage {
  readonly brokerId: number;
  readonly brokerEpoch: number;
  readonly incarnation: number;
  readonly endpoint: Endpoint;
  readonly rack: string | null;
  /** A fenced broker leads nothing, is in no ISR and is hidden from clients. */
  readonly fenced: boolean;
  /** It hands over what it leads and is about to end; it may lead nothing new (KIP-841). */
  readonly inControlledShutdown: boolean;
}

export interface PartitionImage {
  readonly replicas: readonly number[];
  /** In-sync replicas. With eligible leader replicas enabled there may be none. */
  readonly isr: readonly number[];
  /** Not in sync, and yet they hold all that was committed: they may lead (KIP-966). */
  readonly elr: readonly number[];
  /** While there is no leader: the last one. It may lead again when nobody better is left. */
  readonly lastKnownElr: readonly number[];
  /** A reassignment is going on while either of these holds one: `replicas` has both. */
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
  /** A broker's id, or -1: no leader. */
  readonly leader: number;
  readonly leaderRecoveryState: LeaderRecoveryState;
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
  /** The features in force, by name; one that is not named is off (KIP-584). */
  readonly features: ReadonlyMap<string, number>;
  readonly nextProducerId: number;
}

export const emptyMetadata: ClusterMetadata = {
  offset: 0,
  brokers: new Map(),
  topicsById: new Map(),
  topicsByName: new Map(),
  configs: noDynamicConfigs,
  features: new Map(),
  nextProducerId: 0,
};

/** May lead and be in sync: registered, not fenced, not about to end. */
export function isActive({ brokers }: ClusterMetadata, brokerId: number): boolean {
  const broker = brokers.get(brokerId);
  return broker !== undefined && !broker.fenced && !broker.inControlledShutdown;
}

/** Are eligible leader replicas kept (KIP-966)? */
export const isElrEnabled = ({ features }: ClusterMetadata): boolean =>
  (features.get(elrFeature) ?? 0) >= 1;

/** A copy that a batch of records may change. What the batch does not touch stays shared. */
interface Draft {
  brokers: Map<number, BrokerImage>;
  topics: Map<string, { name: string; topicId: string; partitions: PartitionImage[] }>;
  removedTopics: Set<string>;
  configs: DynamicConfigs;
  configChanges: ConfigChange[];
  features: ReadonlyMap<string, number>;
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
    features: base.features,
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
    features: draft.features,
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
    case 'leader-change':
      return;
    case 'register-broker': {
      const { type, ...registration } = record;
      const broker = { ...registration, fenced: true, inControlledShutdown: false };
      draft.brokers.set(record.brokerId, broker);
      return;
    }
    case 'broker-registration-change': {
      const { brokerId, fenced, inControlledShutdown } = record;
      const broker = draftBroker(draft, brokerId);
      draft.brokers.set(brokerId, {
        ...broker,
        fenced: fenced ?? broker.fenced,
        inControlledShutdown: inControlledShutdown ?? broker.inControlledShutdown,
      });
      return;
    }
    case 'unregister-broker':
      draft.brokers.delete(record.brokerId);
      return;
    case 'topic':
      draft.topics.set(record.topicId, {
        name: record.name,
        topicId: record.topicId,
        partitions: [],
      });
      return;
    case 'partition': {
      const topic = draftTopic(draft, base, record.topicId);
      assert(record.partition === topic.partitions.length, 'partitions are made in order');
      topic.partitions.push(newPartition(record));
      return;
    }
    case 'partition-change': {
      const topic = draftTopic(draft, base, record.topicId);
      const partition = topic.partitions[record.partition];
      assert(partition !== undefined, `a change of an unknown partition of ${topic.name}`);
      topic.partitions[record.partition] = merge(partition, record);
      return;
    }
    case 'clear-elr': {
      const topics = record.topicId === null ? base.topicsById.keys() : [record.topicId];
      for (const topicId of topics) clearElr(draft, base, topicId);
      return;
    }
    case 'remove-topic': {
      const { name } = draftTopic(draft, base, record.topicId);
      draft.removedTopics.add(record.topicId);
      const resource = { type: ConfigResourceType.TOPIC, name };
      draft.configs = dropConfigResource(draft.configs, resource);
      return;
    }
    case 'feature-level':
      draft.features = withFeature(draft.features, record);
      return;
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

function withFeature(
  features: ReadonlyMap<string, number>,
  { name, level }: { readonly name: string; readonly level: number },
): ReadonlyMap<string, number> {
  const next = new Map(features);
  if (level === 0) next.delete(name);
  else next.set(name, level);
  return next;
}

const none: readonly number[] = [];

/** Field by field: V8 makes a hidden class of its own for each object that begins with a spread. */
const newPartition = ({ replicas, isr, leader }: NewPartition): PartitionImage => ({
  replicas,
  isr,
  elr: none,
  lastKnownElr: none,
  addingReplicas: none,
  removingReplicas: none,
  leader,
  leaderRecoveryState: 'Recovered',
  leaderEpoch: 0,
  partitionEpoch: 0,
});

type NewPartition = Extract<MetadataRecord, { type: 'partition' }>;

/** 4.x: a change of the ISR alone keeps the leader epoch (kafka-semantics 6.9). */
function merge(before: PartitionImage, change: PartitionChange): PartitionImage {
  return {
    replicas: change.replicas ?? before.replicas,
    isr: change.isr ?? before.isr,
    elr: change.elr ?? before.elr,
    lastKnownElr: change.lastKnownElr ?? before.lastKnownElr,
    addingReplicas: change.addingReplicas ?? before.addingReplicas,
    removingReplicas: change.removingReplicas ?? before.removingReplicas,
    leader: change.leader ?? before.leader,
    leaderRecoveryState: change.leaderRecoveryState ?? before.leaderRecoveryState,
    leaderEpoch: before.leaderEpoch + (change.leader === undefined ? 0 : 1),
    partitionEpoch: before.partitionEpoch + 1,
  };
}

function clearElr(draft: Draft, base: ClusterMetadata, topicId: string): void {
  const topic = draft.topics.get(topicId) ?? base.topicsById.get(topicId);
  topic?.partitions.forEach((partition, index) => {
    if (partition.elr.length === 0 && partition.lastKnownElr.length === 0) return;
    const cleared = merge(partition, { elr: none, lastKnownElr: none });
    draftTopic(draft, base, topicId).partitions[index] = cleared;
  });
}
