import type { PartitionImage } from '../controller/cluster-metadata.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import { AlterPartitionReassignments } from '../protocol/messages/alter-partition-reassignments.ts';
import { ElectLeaders } from '../protocol/messages/elect-leaders.ts';
import { askCluster, checkAnswer } from './ask-cluster.ts';
import { show } from './check-names.ts';
import { ClusterError } from './cluster-error.ts';
import type { ClusterLife } from './cluster-life.ts';
import type { UntilOptions } from './until.ts';

interface Moving {
  readonly life: ClusterLife;
  readonly topic: string;
  readonly partition: number;
  /** The partition as it is now. */
  readonly image: () => PartitionImage;
}

const preferred = 0;
const unclean = 1;

/** See `KafkaPartition.elect`. */
export async function electLeader(moving: Moving, to: number | 'unclean' | undefined) {
  const { leader, replicas } = moving.image();
  if (to === 'unclean') return await askElection(moving, unclean);
  const wanted = to ?? replicas[0]!;
  if (leader === wanted) return;
  if (wanted !== replicas[0]) await prefer(moving, wanted);
  await askElection(moving, preferred);
}

/** Puts a replica first, as an operator does who wants another leader; nothing is moved. */
async function prefer(moving: Moving, wanted: number): Promise<void> {
  const { replicas, isr, addingReplicas, removingReplicas } = moving.image();
  const refuse = (code: 'E_BAD_OPTION' | 'E_CHANGE_REFUSED', why: string) => {
    throw new ClusterError(code, `${nameOf(moving)}: ${why}`);
  };
  if (!replicas.includes(wanted)) {
    refuse('E_BAD_OPTION', `no replica is on ${show(wanted)}, only on ${replicas.join(', ')}`);
  }
  if (!isr.includes(wanted)) {
    refuse('E_CHANGE_REFUSED', `broker ${wanted} is not in sync; in sync: ${isr.join(', ')}`);
  }
  if (addingReplicas.length + removingReplicas.length > 0) {
    refuse('E_CHANGE_REFUSED', 'it is being reassigned');
  }
  await askReassignment(moving, [wanted, ...replicas.filter((id) => id !== wanted)]);
}

async function askElection(moving: Moving, electionType: number): Promise<void> {
  const { life, topic, partition } = moving;
  const { errorCode, replicaElectionResults } = await askCluster(life, ElectLeaders, {
    electionType,
    topicPartitions: [{ topic, partitions: [partition] }],
    timeoutMs: life.patienceMs,
  });
  const what = `election for ${nameOf(moving)}`;
  checkAnswer(what, { errorCode, errorMessage: null });
  const fine = [ErrorCode.NONE, ErrorCode.ELECTION_NOT_NEEDED];
  checkAnswer(what, replicaElectionResults[0]!.partitionResult[0]!, fine);
}

/** See `KafkaPartition.reassign`. */
export async function reassignPartition(
  moving: Moving,
  replicas: readonly number[],
  options: UntilOptions,
): Promise<void> {
  if (!Array.isArray(replicas) || replicas.length === 0 || !replicas.every(Number.isInteger)) {
    throw new ClusterError('E_BAD_OPTION', `replicas must be ids of brokers, not ${replicas}`);
  }
  await askReassignment(moving, replicas);
  await moving.life.until(
    `the reassignment of ${nameOf(moving)} is complete`,
    () => {
      const { addingReplicas, removingReplicas } = moving.image();
      return addingReplicas.length + removingReplicas.length === 0;
    },
    options,
  );
}

async function askReassignment(moving: Moving, replicas: readonly number[]): Promise<void> {
  const { life, topic, partition } = moving;
  const answer = await askCluster(life, AlterPartitionReassignments, {
    timeoutMs: life.patienceMs,
    allowReplicationFactorChange: true,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, replicas: [...replicas] }] }],
  });
  const what = `reassignment of ${nameOf(moving)}`;
  checkAnswer(what, answer);
  checkAnswer(what, answer.responses[0]!.partitions[0]!);
}

const nameOf = ({ topic, partition }: Moving): string => `partition ${partition} of '${topic}'`;
