import { ConfigResourceType } from '../../config/config-resource.ts';
import { ZERO_UUID } from '../../protocol/types.ts';
import type { Role } from './cast.ts';
import type { Facts } from './facts.ts';
import { errorName, type Stage, topic } from './stage.ts';

const silence = { heard: 'nothing in time' };

/** What an operator asks the cluster for: verbs of `verbs.ts`. */
export const adminVerbs = {
  /** Lets the preferred replica lead. */
  elect: (stage: Stage, { partition = 0 }: { readonly partition?: number }) => {
    const topicPartitions = [{ topic, partitions: [partition] }];
    const request = { electionType: 0, topicPartitions, timeoutMs: 1000 };
    const response = stage.ask('ElectLeaders', request);
    const answer = response?.replicaElectionResults[0]?.partitionResult[0];
    return { error: answer === undefined ? 'none' : errorName(answer.errorCode) };
  },

  /** One after the other is shut down and started again; the next one when all is well again. */
  rollingRestart: (stage: Stage, { brokers }: { readonly brokers: readonly Role[] }) => {
    for (const role of brokers) restartInOrder(stage, stage.cast.node(role));
  },
  /** Makes another topic. */
  createTopic: (stage: Stage, { name }: { readonly name: string }) => createTopic(stage, name),
  /** Ends the controller that decides at present, as `kill -9` does. */
  crashController: ({ cluster }: Stage) => {
    const { activeController } = cluster;
    if (activeController !== undefined) cluster.crash(activeController);
  },
  restartController: ({ cluster }: Stage) => {
    for (const controllerId of cluster.controllerIds) cluster.restart(controllerId);
  },
  /** Moves the replicas elsewhere, which takes its time. */
  reassign: (stage: Stage, { to }: { readonly to: readonly Role[] }) => reassign(stage, to),
  /** What of a reassignment is still to be done. */
  reassignment: (stage: Stage) => reassignment(stage),
  /** How fast replicas that are throttled may catch up, on every broker. */
  throttle: (stage: Stage, { bytesPerSecond }: { readonly bytesPerSecond: number }) =>
    throttle(stage, bytesPerSecond),
  /** Who leads, over all partitions. */
  leaders: (stage: Stage) => ({
    leaders: stage.cluster.metadata.topicsByName.get(topic)!.partitions.map(({ leader }) => leader),
  }),
  /** Waits until a leader that asks for another ISR is refused. */
  refusal: (stage: Stage) => refusal(stage),
  /** A record every now and then with acks=1; counts how often the ISR changes meanwhile. */
  traffic: (stage: Stage, stream: Stream) => traffic(stage, stream),
  /** What a broker tells a client about a partition. */
  metadata: (stage: Stage, { at }: { readonly at: Role }) => metadata(stage, at),
};

function restartInOrder(stage: Stage, brokerId: number): void {
  const { cluster } = stage;
  cluster.shutdown(brokerId);
  stage.until(() => cluster.state(brokerId) === 'stopped');
  cluster.restart(brokerId);
  const { partitions } = cluster.metadata.topicsByName.get(topic)!;
  const isWhole = (index: number) => {
    const { isr, replicas } = stage.image(index);
    return isr.length === replicas.length;
  };
  stage.until(() => [...partitions.keys()].every(isWhole));
}

function createTopic(stage: Stage, name: string): Facts {
  const created = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
  const request = { topics: [created], timeoutMs: 25_000, validateOnly: false };
  const answer = stage.ask('CreateTopics', request)?.topics[0];
  return answer === undefined ? silence : { error: errorName(answer.errorCode) };
}

function reassign(stage: Stage, to: readonly Role[]): Facts {
  const partitions = [{ partitionIndex: 0, replicas: to.map((role) => stage.cast.node(role)) }];
  const request = {
    timeoutMs: 1000,
    allowReplicationFactorChange: false,
    topics: [{ name: topic, partitions }],
  };
  const response = stage.ask('AlterPartitionReassignments', request);
  const answer = response?.responses[0]?.partitions[0];
  return answer === undefined ? silence : { error: errorName(answer.errorCode) };
}

function reassignment(stage: Stage): Facts {
  const response = stage.ask('ListPartitionReassignments', { timeoutMs: 1000, topics: null });
  const found = response?.topics[0]?.partitions[0];
  if (found === undefined) return { adding: [], removing: [] };
  return { adding: found.addingReplicas, removing: found.removingReplicas };
}

function throttle(stage: Stage, bytesPerSecond: number): void {
  const configs = ['leader', 'follower'].map((side) => ({
    name: `${side}.replication.throttled.rate`,
    configOperation: 0,
    value: String(bytesPerSecond),
  }));
  const resources = stage.cast.brokers.map((brokerId) => ({
    resourceType: ConfigResourceType.BROKER,
    resourceName: String(brokerId),
    configs,
  }));
  stage.ask('IncrementalAlterConfigs', { resources, validateOnly: false });
}

function refusal(stage: Stage): Facts {
  let error = 'none';
  const unsubscribe = stage.onEvent(({ event }) => {
    if (event.type === 'isr-change-refused') error = errorName(event.errorCode);
  });
  stage.until(() => error !== 'none');
  unsubscribe();
  return { error };
}

interface Stream {
  readonly everyMs: number;
  readonly ms: number;
  readonly sizeBytes?: number;
}

function traffic(stage: Stage, { everyMs, ms, sizeBytes = 0 }: Stream): Facts {
  let isrChanges = 0;
  const unsubscribe = stage.onEvent(({ event }) => {
    if (event.type !== 'metadata-committed' || event.record.type !== 'partition-change') return;
    if (event.record.isr !== undefined) isrChanges++;
  });
  for (let sent = 0; sent < ms / everyMs; sent++) {
    const value = `at ${stage.laboratory.nowMs}`;
    stage.clients.produce({ value, acks: 1, sizeBytes });
    stage.advance(everyMs);
  }
  unsubscribe();
  return { isrChanges };
}

function metadata(stage: Stage, at: Role): Facts {
  const request = {
    topics: [{ topicId: ZERO_UUID, name: topic }],
    allowAutoTopicCreation: false,
    includeClusterAuthorizedOperations: false,
    includeTopicAuthorizedOperations: false,
  };
  const answer = stage.ask('Metadata', request, { at })?.topics[0]?.partitions[0];
  if (answer === undefined) return silence;
  return { error: errorName(answer.errorCode), leader: answer.leaderId };
}
