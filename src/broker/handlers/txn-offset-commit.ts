import type { CoordinatorShard } from '../../coordinator/coordinator-shard.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type {
  TxnOffsetCommitRequest,
  TxnOffsetCommitResponse,
} from '../../protocol/messages/txn-offset-commit.ts';
import type { Broker } from '../broker.ts';
import { offsetsTopic } from '../group-coordinators.ts';
import type { Handler } from '../request-context.ts';
import { txnOffsetCommitSupport } from '../transaction-partitions.ts';

/** The group's partition is verified first, or added to the transaction, like any other. */
export const txnOffsetCommit: Handler<'TxnOffsetCommit'> = (
  broker,
  request,
  { apiVersion },
  reply,
) => {
  const offsets = knownOffsets(broker, request);
  const answer = (errorCodes: readonly ErrorCode[]) =>
    reply({ throttleTimeMs: 0, topics: answersOf(broker, request, apiVersion, errorCodes) });
  const refuse = (errorCode: ErrorCode) => answer(offsets.map(() => errorCode));
  if (offsets.length === 0) {
    answer([]);
    return;
  }
  const { groupId, generationId } = request;
  const shard = groupId === '' ? ErrorCode.INVALID_GROUP_ID : broker.groups.shardOf(groupId);
  if (typeof shard === 'number') {
    refuse(shard);
    return;
  }
  verify(broker, request, apiVersion, (errorCode, guard) => {
    if (errorCode !== ErrorCode.NONE || !shard.isActive) {
      refuse(errorCode || ErrorCode.NOT_COORDINATOR);
      return;
    }
    const { producerId, producerEpoch } = request;
    const producer = { producerId, producerEpoch, guard };
    const client = { ...request, generationIdOrMemberEpoch: generationId };
    const commit = { groupId, client, apiVersion, retentionTimeMs: -1, offsets, producer };
    shard.offsets.commit(commit, answer);
  });
};

type Offsets = Parameters<CoordinatorShard['offsets']['commit']>[0]['offsets'];

const knownOffsets = ({ metadata }: Broker, { topics }: TxnOffsetCommitRequest): Offsets =>
  topics.flatMap(({ name, partitions }) => {
    const image = metadata.topicsByName.get(name);
    return partitions.flatMap((partition) => {
      if (image?.partitions[partition.partitionIndex] === undefined) return [];
      return [
        {
          ...{ topic: name, topicId: image.topicId, partition: partition.partitionIndex },
          offset: partition.committedOffset,
          leaderEpoch: partition.committedLeaderEpoch,
          metadata: partition.committedMetadata ?? '',
        },
      ];
    });
  });

function verify(
  broker: Broker,
  request: TxnOffsetCommitRequest,
  apiVersion: number,
  done: (errorCode: ErrorCode, guard: number | undefined) => void,
): void {
  const { transactionalId, groupId, producerId, producerEpoch } = request;
  const client = txnOffsetCommitSupport(apiVersion);
  const addsPartition = client === 'adds-partition';
  if (!addsPartition && !broker.settings.transactionPartitionVerificationEnable) {
    done(ErrorCode.NONE, undefined);
    return;
  }
  const place = { topic: offsetsTopic, partition: broker.groups.partitionOf(groupId) };
  const image = broker.metadata.topicsByName.get(offsetsTopic);
  const partition = image && broker.replicas.partition(image.topicId, place.partition);
  // Offsets have no sequence numbers.
  const asked = { producerId, producerEpoch, baseSequence: -1, addsPartition };
  const start = partition?.startVerification(asked) ?? {
    errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER,
  };
  const { errorCode, guard } = start;
  if (errorCode !== ErrorCode.NONE || guard === undefined) {
    done(shownError(errorCode), undefined);
    return;
  }
  const transaction = { transactionalId, producerId, producerEpoch, partitions: [place], client };
  broker.transactionPartitions.ask(transaction, (errorOf) => {
    done(shownError(errorOf(place)), guard);
  });
}

/** So that a client neither gives up nor looks for another group coordinator. */
function shownError(errorCode: ErrorCode): ErrorCode {
  if (errorCode === ErrorCode.NETWORK_EXCEPTION) return ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
  return errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER ? ErrorCode.NOT_COORDINATOR : errorCode;
}

/** `errorCodes`: of those partitions that exist, in the order of the request. */
function answersOf(
  { metadata }: Broker,
  { topics }: TxnOffsetCommitRequest,
  apiVersion: number,
  errorCodes: readonly ErrorCode[],
): TxnOffsetCommitResponse['topics'] {
  const codes = errorCodes[Symbol.iterator]();
  const next = (): ErrorCode => {
    const errorCode = codes.next().value!;
    const isNew = errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS && apiVersion < 2;
    return isNew ? ErrorCode.COORDINATOR_NOT_AVAILABLE : errorCode;
  };
  return topics.map(({ name, partitions }) => {
    const image = metadata.topicsByName.get(name);
    return {
      name,
      partitions: partitions.map(({ partitionIndex }) => {
        const exists = image?.partitions[partitionIndex] !== undefined;
        const errorCode = exists ? next() : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        return { partitionIndex, errorCode };
      }),
    };
  });
}
