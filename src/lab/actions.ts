import type { RequestOf } from '../broker/request-context.ts';
import { ZERO_UUID } from '../protocol/types.ts';
import { type Link, type NodeId, planes } from '../simulation/network.ts';
import type { Laboratory } from './laboratory.ts';
import type { ActionName, ClientAction } from './profile.ts';

const nothing = (): void => {};

type Action = (laboratory: Laboratory) => void;

const stopped = ({ cluster }: Laboratory): number[] =>
  cluster.brokerIds.filter((brokerId) => cluster.state(brokerId) === 'stopped');

const paused = ({ cluster }: Laboratory): number[] =>
  cluster.brokerIds.filter((brokerId) => cluster.state(brokerId) === 'paused');

/** Does `act` to one of `brokerIds`, if there is any. */
function toOne(
  laboratory: Laboratory,
  brokerIds: readonly number[],
  act: (brokerId: number) => void,
): void {
  if (brokerIds.length > 0) act(laboratory.choices.pick(brokerIds, 'broker'));
}

function changeLink(laboratory: Laboratory, change: Partial<Link>): void {
  const { cluster, choices } = laboratory;
  const plane = choices.pick(planes, 'plane');
  const servers: readonly NodeId[] = cluster.brokerIds;
  const others: readonly NodeId[] =
    plane === 'client' ? ['clients'] : plane === 'controller' ? cluster.controllerIds : servers;
  const one = choices.pick(servers, 'broker');
  const other = choices.pick(others, 'node');
  if (one === other) return;
  const route =
    choices.choose(2, 'direction') === 0 ? { from: one, to: other } : { from: other, to: one };
  cluster.network.setLink({ ...route, plane }, change);
}

/** Sends a request that nobody waits for to some running broker. */
function ask<
  Name extends 'CreateTopics' | 'DeleteTopics' | 'ElectLeaders' | 'AlterPartitionReassignments',
>(laboratory: Laboratory, api: Name, request: RequestOf<Name>): void {
  toOne(laboratory, laboratory.running, (brokerId) =>
    laboratory.send(brokerId, api, request, nothing),
  );
}

const shortLived = ['x', 'y'];

function somePartition(laboratory: Laboratory): { topic: string; partition: number } | undefined {
  const topics = [...laboratory.cluster.metadata.topicsByName.values()];
  if (topics.length === 0) return undefined;
  const { name, partitions } = laboratory.choices.pick(topics, 'topic');
  return { topic: name, partition: laboratory.choices.choose(partitions.length, 'partition') };
}

/** Everything that the swarm does to a cluster, but for reading and writing. */
export const actions: Readonly<Record<Exclude<ActionName, ClientAction>, Action>> = {
  crash: (lab) => toOne(lab, lab.running, (brokerId) => lab.cluster.crash(brokerId)),
  'power-cut': (lab) => toOne(lab, lab.running, (id) => lab.cluster.crash(id, 'unflushed')),
  'lose-disk': (lab) => toOne(lab, lab.running, (id) => lab.cluster.crash(id, 'all')),
  restart: (lab) => toOne(lab, stopped(lab), (brokerId) => lab.cluster.restart(brokerId)),
  shutdown: (lab) => toOne(lab, lab.running, (brokerId) => lab.cluster.shutdown(brokerId)),
  pause: (lab) => toOne(lab, lab.running, (brokerId) => lab.cluster.pause(brokerId)),
  resume: (lab) => toOne(lab, paused(lab), (brokerId) => lab.cluster.resume(brokerId)),
  cut: (lab) => changeLink(lab, { cut: true }),
  slow: (lab) => changeLink(lab, { latencyMs: 5, jitterMs: 60 }),
  lossy: (lab) => changeLink(lab, { loss: 0.2 }),
  mend: (lab) => changeLink(lab, { cut: false, latencyMs: 0, jitterMs: 0, loss: 0 }),
  heal: ({ cluster }) => cluster.network.heal(),
  'create-topic': (lab) =>
    ask(lab, 'CreateTopics', {
      topics: [
        {
          name: lab.choices.pick(shortLived, 'topic'),
          numPartitions: 2,
          replicationFactor: Math.min(3, lab.running.length),
          assignments: [],
          configs: [],
        },
      ],
      timeoutMs: 1000,
      validateOnly: false,
    }),
  'delete-topic': (lab) => {
    const topics = [{ name: lab.choices.pick(shortLived, 'topic'), topicId: ZERO_UUID }];
    ask(lab, 'DeleteTopics', { topics, topicNames: [], timeoutMs: 1000 });
  },
  elect: (lab) => {
    const place = somePartition(lab);
    if (place === undefined) return;
    const topicPartitions = [{ topic: place.topic, partitions: [place.partition] }];
    ask(lab, 'ElectLeaders', { electionType: 0, topicPartitions, timeoutMs: 1000 });
  },
  reassign: (lab) => {
    const place = somePartition(lab);
    if (place === undefined) return;
    const { cluster, choices } = lab;
    const image = cluster.metadata.topicsByName.get(place.topic)!.partitions[place.partition]!;
    const first = choices.choose(cluster.brokerIds.length, 'first replica');
    const ids = [...cluster.brokerIds.slice(first), ...cluster.brokerIds.slice(0, first)];
    const replicas = choices.chance(4, 'cancel') ? null : ids.slice(0, image.replicas.length);
    const partitions = [{ partitionIndex: place.partition, replicas }];
    const topics = [{ name: place.topic, partitions }];
    const request = { timeoutMs: 1000, allowReplicationFactorChange: true, topics };
    ask(lab, 'AlterPartitionReassignments', request);
  },
  'crash-controller': ({ cluster, choices }) =>
    cluster.crash(choices.pick(cluster.controllerIds, 'controller')),
  'restart-controller': ({ cluster, choices }) =>
    cluster.restart(choices.pick(cluster.controllerIds, 'controller')),
};
