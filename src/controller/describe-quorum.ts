import { ErrorCode } from '../protocol/error-code.ts';
import type {
  DescribeQuorumRequest,
  DescribeQuorumResponse,
} from '../protocol/messages/describe-quorum.ts';
import { ZERO_UUID } from '../protocol/types.ts';
import type { CallResponse, CallResult } from './controller-call.ts';
import type { QuorumView, ReplicaView } from './raft/quorum-view.ts';

const metadataTopic = '__cluster_metadata';

/** The quorum answers for the one partition that it has. */
export function describeQuorum(
  quorum: QuorumView,
  { topics }: DescribeQuorumRequest,
): CallResult<CallResponse<'describeQuorum'>> {
  const [topic] = topics;
  const isIt =
    topics.length === 1 &&
    topic?.topicName === metadataTopic &&
    topic.partitions.length === 1 &&
    topic.partitions[0]?.partitionIndex === 0;
  const response: DescribeQuorumResponse = {
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    topics: isIt ? [{ topicName: metadataTopic, partitions: [describe(quorum)] }] : unknown(topics),
    nodes: isIt ? quorum.voters.map(({ replicaId }) => ({ nodeId: replicaId, listeners: [] })) : [],
  };
  return { records: [], response };
}

type Topics = DescribeQuorumResponse['topics'];
type Partition = Topics[number]['partitions'][number];

function describe({ leaderId, epoch, highWatermark, voters, observers }: QuorumView): Partition {
  return {
    partitionIndex: 0,
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    leaderId,
    leaderEpoch: epoch,
    highWatermark,
    currentVoters: voters.map(replicaState),
    observers: observers.map(replicaState),
  };
}

const replicaState = ({ replicaId, logEndOffset, lastFetchMs, lastCaughtUpMs }: ReplicaView) => ({
  replicaId,
  replicaDirectoryId: ZERO_UUID,
  logEndOffset,
  lastFetchTimestamp: lastFetchMs,
  lastCaughtUpTimestamp: lastCaughtUpMs,
});

function unknown(topics: DescribeQuorumRequest['topics']): Topics {
  return topics.map(({ topicName, partitions }) => ({
    topicName,
    partitions: partitions.map(({ partitionIndex }) => ({
      partitionIndex,
      errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      errorMessage: 'This server does not host this topic-partition.',
      leaderId: 0,
      leaderEpoch: 0,
      highWatermark: 0,
      currentVoters: [],
      observers: [],
    })),
  }));
}
