import type { Cluster } from '../cluster/cluster.ts';
import { ClassicGroup } from '../coordinator/classic-group.ts';
import type { ConsumerGroup } from '../coordinator/consumer/consumer-group.ts';
import { type NamedPartitions, readAssignment } from '../coordinator/consumer-protocol.ts';
import type { GroupState } from '../coordinator/group.ts';
import { subscribedTopics } from '../coordinator/subscribed-topics.ts';
import { type FoundGroup, findGroup } from './find-group.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** One member of a group. */
export interface GroupMember {
  readonly memberId: string;
  /** `group.instance.id` of a static member. */
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  /** As Kafka has it: `/127.0.0.1`. */
  readonly clientHost: string;
  /** What it wants to read, regular expressions resolved; nothing where it is no consumer. */
  readonly subscribedTopicNames: readonly string[];
  /** What it may read at present; nothing while a classic group rebalances. */
  readonly assignment: readonly TopicPartition[];
}

/** How far a group has come in one partition. */
export interface GroupOffset extends TopicPartition {
  /** The next record to be read; null: never committed, or not any more. */
  readonly committedOffset: number | null;
  /** Those of the leader; null while there is none, or while it does not know them yet. */
  readonly logStartOffset: number | null;
  readonly highWatermark: number | null;
  /**
   * How many records there are from the committed offset up to the high watermark. Where nothing is
   * committed every record of the partition counts, though kafka-consumer-groups shows `-`.
   */
  readonly lag: number | null;
  /** Who has it assigned. */
  readonly memberId: string | null;
}

/** One group, as plain data. */
export interface GroupStatus {
  readonly groupId: string;
  readonly type: 'classic' | 'consumer';
  /** 'consumer', 'connect' and so on; '' for a group that never had a member. */
  readonly protocolType: string;
  readonly state: GroupState;
  readonly coordinator: number;
  /** Generation of a classic group, group epoch of a consumer group: grows with each rebalance. */
  readonly epoch: number;
  /** What members have agreed on, or what the coordinator assigns with. */
  readonly partitionAssignor: string | null;
  readonly members: readonly GroupMember[];
  /** Partitions that are committed or assigned, and all those of topics that are subscribed to. */
  readonly offsets: readonly GroupOffset[];
  /** Of all of them together; null while one of them cannot be told. */
  readonly lag: number | null;
}

type Described = Pick<GroupStatus, 'epoch' | 'partitionAssignor' | 'members'>;

/** Throws `ClusterError` E_UNKNOWN_GROUP, or E_NOT_RUNNING while nobody coordinates it. */
export function groupStatus(cluster: Cluster, groupId: string): GroupStatus {
  const found = findGroup(cluster, groupId);
  const { group, coordinator } = found;
  const { type, protocolType, stateName } = group;
  const described = describe(found);
  const offsets = offsetsOf(cluster, found, described.members);
  return {
    ...{ groupId, type, protocolType, state: stateName, coordinator },
    ...described,
    ...{ offsets, lag: lagOf(offsets) },
  };
}

/** null while one of them cannot be told. */
export const lagOf = (offsets: readonly GroupOffset[]): number | null =>
  offsets.reduce<number | null>(
    (sum, { lag }) => (sum === null || lag === null ? null : sum + lag),
    0,
  );

const describe = (found: FoundGroup): Described =>
  found.group instanceof ClassicGroup ? describeClassic(found.group) : describeConsumer(found);

function describeClassic({ protocol, protocolType, stateName }: ClassicGroup): Described {
  const { generationId, protocolName, members } = protocol;
  const readsTopics = protocolType === 'consumer';
  return {
    epoch: generationId,
    partitionAssignor: protocolName,
    members: members.all().map((member) => {
      const { memberId, groupInstanceId, clientId, clientHost, terms } = member;
      const protocols = [protocolName, ...terms.protocols.map(({ name }) => name)];
      const metadata = member.metadataFor(protocols.find((name) => name !== null) ?? '');
      const assigned = stateName === 'Stable' ? readAssignment(member.assignment) : undefined;
      return {
        ...{ memberId, groupInstanceId, clientId, clientHost },
        subscribedTopicNames: readsTopics ? [...(subscribedTopics(metadata) ?? [])].sort() : [],
        assignment: readsTopics ? placesOf(assigned?.assignedPartitions ?? []) : [],
      };
    }),
  };
}

function describeConsumer({ group, shard }: FoundGroup): Described {
  const { groupEpoch, assignorName, members } = shard.consumerGroups.describe(group.groupId);
  const { resolved } = group as ConsumerGroup;
  return {
    epoch: groupEpoch,
    partitionAssignor: assignorName,
    members: members.map(({ memberId, instanceId, clientId, clientHost, ...member }) => {
      const { subscribedTopicNames: names, subscribedTopicRegex: expression } = member;
      const matching = expression ? (resolved(expression)?.topics ?? []) : [];
      const assigned = member.assignment.topicPartitions.map(({ topicName, partitions }) => ({
        ...{ topic: topicName, partitions },
      }));
      return {
        ...{ memberId, groupInstanceId: instanceId, clientId, clientHost },
        subscribedTopicNames: [...new Set([...names, ...matching])].sort(),
        assignment: placesOf(assigned),
      };
    }),
  };
}

const placesOf = (named: NamedPartitions): TopicPartition[] =>
  named
    .flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
    .sort(byPlace);

function byPlace(one: TopicPartition, other: TopicPartition): number {
  if (one.topic === other.topic) return one.partition - other.partition;
  return one.topic < other.topic ? -1 : 1;
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`;

function offsetsOf(
  cluster: Cluster,
  { shard, group }: FoundGroup,
  members: readonly GroupMember[],
): GroupOffset[] {
  const committed = shard.offsets.fetchAll(group.groupId);
  const subscribed = new Set(members.flatMap((member) => member.subscribedTopicNames));
  const ofTopics = [...subscribed].flatMap((topic) => partitionsOf(cluster, topic));
  const assigned = members.flatMap((member) => member.assignment);
  const places = new Map(
    [...ofTopics, ...assigned, ...committed].map((place) => [keyOf(place), place]),
  );
  const offsets = new Map(committed.map((place) => [keyOf(place), place.offset]));
  const owners = new Map(
    members.flatMap(({ memberId, assignment }) =>
      assignment.map((place) => [keyOf(place), memberId] as const),
    ),
  );
  return [...places]
    .map(([key, { topic, partition }]) => ({
      ...{ topic, partition },
      ...progressIn(cluster, { topic, partition }, offsets.get(key)),
      memberId: owners.get(key) ?? null,
    }))
    .sort(byPlace);
}

export const partitionsOf = ({ metadata }: Cluster, topic: string): TopicPartition[] =>
  (metadata.topicsByName.get(topic)?.partitions ?? []).map((_, partition) => ({
    ...{ topic, partition },
  }));

type Progress = Omit<GroupOffset, 'topic' | 'partition' | 'memberId'>;

/** `committed`: below 0 it stands for nothing, as some clients write it. */
export function progressIn(
  cluster: Cluster,
  { topic, partition }: TopicPartition,
  committed = -1,
): Progress {
  const committedOffset = committed < 0 ? null : committed;
  const leader = cluster.metadata.topicsByName.get(topic)?.partitions[partition]?.leader ?? -1;
  const isThere = cluster.brokerIds.includes(leader);
  const { leadership, log } = (isThere && cluster.replica(leader, topic, partition)) || {};
  // A new leader does not know yet how much of what it has is committed (KIP-207).
  if (!leadership || !log || log.highWatermark < leadership.epochStartOffset) {
    return { committedOffset, logStartOffset: null, highWatermark: null, lag: null };
  }
  const { logStartOffset, highWatermark } = log;
  // What was committed may since have been lost from the log.
  const lag = Math.max(0, highWatermark - (committedOffset ?? logStartOffset));
  return { committedOffset, logStartOffset, highWatermark, lag };
}
