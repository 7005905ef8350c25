import { ErrorCode } from '../protocol/error-code.ts';
import type {
  ElectLeadersRequest,
  ElectLeadersResponse,
} from '../protocol/messages/elect-leaders.ts';
import { type CallError, callError, noError } from './call-error.ts';
import type { TopicImage } from './cluster-metadata.ts';
import type { CallContext, CallHandler } from './controller-call.ts';
import { noLeader } from './election.ts';
import type { MetadataRecord } from './metadata-records.ts';
import { changePartition } from './partition-change.ts';
import { rulesOf } from './topic-rules.ts';
import { withDeadline } from './with-deadline.ts';

type Results = ElectLeadersResponse['replicaElectionResults'];
type Kind = 'preferred' | 'unclean';

const kinds: Readonly<Record<number, Kind>> = { 0: 'preferred', 1: 'unclean' };

/** Elects on demand: the preferred leader again, or somebody rather than nobody (KIP-460). */
const electAll: CallHandler<'electLeaders'> = (context, request) => {
  const { electionType, topicPartitions } = request;
  const kind = kinds[electionType];
  const records: MetadataRecord[] = [];
  if (kind === undefined) {
    const error = callError(ErrorCode.INVALID_REQUEST, `Unknown election type ${electionType}`);
    return { records, response: refuseAll(request, error) };
  }
  const results = resultsOf(topicPartitions ?? allPartitions(context), (name, index) => {
    const topic = context.metadata.topicsByName.get(name);
    if (topic === undefined) return unknown(`No such topic as ${name}`);
    if (topic.partitions[index] === undefined) {
      return unknown(`No such partition as ${name}-${index}`);
    }
    const elected = elect(context, topic, index, kind);
    if ('errorCode' in elected) return elected;
    records.push(elected);
    return noError;
  });
  const replicaElectionResults = topicPartitions === null ? results.map(withoutNeedless) : results;
  const response = { throttleTimeMs: 0, errorCode: ErrorCode.NONE, replicaElectionResults };
  return { records, response };
};

function refuseAll({ topicPartitions }: ElectLeadersRequest, error: CallError) {
  const { errorCode } = error;
  const replicaElectionResults = resultsOf(topicPartitions ?? [], () => error);
  return { throttleTimeMs: 0, errorCode, replicaElectionResults };
}

const unknown = (message: string): CallError =>
  callError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message);

export const electLeaders = withDeadline<'electLeaders'>(electAll, refuseAll);

type Wanted = NonNullable<ElectLeadersRequest['topicPartitions']>;

const allPartitions = ({ metadata }: CallContext): Wanted =>
  [...metadata.topicsByName.values()].map(({ name, partitions }) => ({
    topic: name,
    partitions: [...partitions.keys()],
  }));

const resultsOf = (wanted: Wanted, resultOf: (topic: string, index: number) => CallError) =>
  wanted.map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions.map((partitionId) => ({
      partitionId,
      ...resultOf(topic, partitionId),
    })),
  }));

/** Who asks for all does not care to hear of those that need nothing. */
const withoutNeedless = ({ topic, partitionResult }: Results[number]): Results[number] => ({
  topic,
  partitionResult: partitionResult.filter(
    ({ errorCode }) => errorCode !== ErrorCode.ELECTION_NOT_NEEDED,
  ),
});

/** The record that makes it so, or why there is none. */
export function elect(
  context: CallContext,
  topic: TopicImage,
  index: number,
  kind: Kind,
): CallError | MetadataRecord {
  const partition = topic.partitions[index]!;
  const { leader, replicas } = partition;
  const isPreferred = kind === 'preferred';
  if (isPreferred ? leader === replicas[0] : leader !== noLeader) {
    return callError(
      ErrorCode.ELECTION_NOT_NEEDED,
      'Leader election not needed for topic partition.',
    );
  }
  const change = changePartition(rulesOf(context, topic, kind), partition, {});
  if (change === undefined) {
    return isPreferred
      ? callError(
          ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE,
          'The preferred leader was not available.',
        )
      : callError(
          ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE,
          'Eligible topic partition leaders are not available.',
        );
  }
  return { type: 'partition-change', topicId: topic.topicId, partition: index, ...change };
}
