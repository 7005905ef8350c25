import type { GroupState } from '../../coordinator/group.ts';
import { planes } from '../../simulation/network.ts';
import type {
  BrokerStatus,
  ClusterStatus,
  ControllerStatus,
  LinkStatus,
  PartitionStatus,
} from '../cluster-status.ts';
import type { GroupMember, GroupOffset, GroupStatus, TopicPartition } from '../group-status.ts';
import type { Change } from './changes.ts';
import {
  either,
  flag,
  integer,
  type Kind,
  listOf,
  nullable,
  object,
  oneOf,
  probability,
  text,
  whole,
} from './kind.ts';

export const plane = oneOf(planes);
/** A broker, a controller, or all clients together. */
export const node = either(whole, oneOf(['clients']));
const state = oneOf(['running', 'paused', 'stopped']);
const ids = listOf(whole);

const broker = object<BrokerStatus>({
  id: whole,
  host: text,
  port: whole,
  rack: nullable(text),
  state,
  fenced: flag,
  leaders: whole,
  replicas: whole,
});

const controller = object<ControllerStatus>({
  id: whole,
  state,
  active: flag,
  role: text,
  epoch: whole,
  leader: nullable(whole),
  logEndOffset: whole,
  highWatermark: whole,
});

const partition = object<PartitionStatus>({
  topic: text,
  partition: whole,
  leader: nullable(whole),
  leaderEpoch: whole,
  isr: ids,
  elr: ids,
  adding: ids,
  removing: ids,
  highWatermark: nullable(integer),
  replicas: listOf(
    object<PartitionStatus['replicas'][number]>({
      broker: whole,
      inSync: flag,
      logStartOffset: nullable(integer),
      logEndOffset: nullable(integer),
      highWatermark: nullable(integer),
    }),
  ),
});

const groupStates = [
  'Empty',
  'PreparingRebalance',
  'CompletingRebalance',
  'Assigning',
  'Reconciling',
  'Stable',
  'Dead',
] as const satisfies readonly GroupState[];

const group = object<GroupStatus>({
  groupId: text,
  type: oneOf(['classic', 'consumer']),
  protocolType: text,
  state: oneOf(groupStates),
  coordinator: whole,
  epoch: whole,
  partitionAssignor: nullable(text),
  members: listOf(
    object<GroupMember>({
      memberId: text,
      groupInstanceId: nullable(text),
      clientId: text,
      clientHost: text,
      subscribedTopicNames: listOf(text),
      assignment: listOf(object<TopicPartition>({ topic: text, partition: whole })),
    }),
  ),
  offsets: listOf(
    object<GroupOffset>({
      topic: text,
      partition: whole,
      committedOffset: nullable(whole),
      logStartOffset: nullable(whole),
      highWatermark: nullable(whole),
      lag: nullable(whole),
      memberId: nullable(text),
    }),
  ),
  lag: nullable(whole),
});

const links = listOf(
  object<LinkStatus>({
    from: node,
    to: node,
    plane,
    latencyMs: whole,
    jitterMs: whole,
    loss: probability,
    cut: flag,
  }),
);

const cluster = object<ClusterStatus>({
  clusterId: text,
  seed: whole,
  bootstrapServers: text,
  activeController: nullable(whole),
  brokers: listOf(broker),
  controllers: listOf(controller),
  partitions: listOf(partition),
  groups: listOf(group),
  links,
});

/** What a verb leads to; each is a component of the OpenAPI file. */
export const answers = {
  Cluster: cluster,
  Broker: broker,
  Brokers: listOf(broker),
  Controllers: listOf(controller),
  Partition: partition,
  Group: group,
  Groups: listOf(group),
  Links: links,
};

export type AnswerName = keyof typeof answers;
export type Answer<Name extends AnswerName> =
  (typeof answers)[Name] extends Kind<infer T> ? T : never;

/** What has changed from just before a verb until its answer, whoever changed it. */
export const changes = listOf(object<Change>({ what: text, was: text, now: text }));
