import type { TransactionMarker } from '../../coordinator/coordinator-journal.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { WriteTxnMarkersRequest } from '../../protocol/messages/write-txn-markers.ts';
import { endTransactionMarker } from '../../protocol/records/end-transaction-marker.ts';
import { awaitReplication } from '../../replication/delayed-produce.ts';
import type { Broker } from '../broker.ts';
import { findByName } from '../find-partition.ts';
import { offsetsTopic } from '../group-coordinators.ts';
import type { Handler } from '../request-context.ts';

type Marker = WriteTxnMarkersRequest['markers'][number];

/** As `request.timeout.ms` of a broker. */
const timeoutMs = 30_000;

/** Each partition is answered when its marker is committed, as of a write with acks=all. */
export const writeTxnMarkers: Handler<'WriteTxnMarkers'> = (broker, { markers }, _, reply) => {
  const wanted = markers.flatMap((marker) =>
    marker.topics.flatMap(({ name, partitionIndexes }) =>
      partitionIndexes.map((index) => ({ marker, topic: name, index })),
    ),
  );
  const errorCodes: ErrorCode[] = [];
  let answered = 0;
  const done = () => {
    const codes = errorCodes[Symbol.iterator]();
    reply({
      markers: markers.map(({ producerId, topics }) => ({
        producerId,
        topics: topics.map(({ name, partitionIndexes }) => ({
          name,
          partitions: partitionIndexes.map((partitionIndex) => ({
            partitionIndex,
            errorCode: codes.next().value!,
          })),
        })),
      })),
    });
  };
  if (wanted.length === 0) done();
  wanted.forEach(({ marker, topic, index }, place) => {
    writeOne(broker, markerOf(marker), topic, index, (errorCode) => {
      errorCodes[place] = errorCode;
      answered++;
      if (answered === wanted.length) done();
    });
  });
};

const markerOf = ({ transactionResult, ...marker }: Marker): TransactionMarker => ({
  ...marker,
  committed: transactionResult,
});

function writeOne(
  broker: Broker,
  marker: TransactionMarker,
  topic: string,
  index: number,
  done: (errorCode: ErrorCode) => void,
): void {
  const partition = findByName(broker, topic, index);
  if (typeof partition === 'number') {
    done(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    return;
  }
  if (topic === offsetsTopic) {
    // What it ends are offsets, which the group coordinator keeps.
    const shard = broker.groups.shardAt(index);
    if (typeof shard === 'number') done(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    else shard.endTransaction(marker, done);
    return;
  }
  const batch = endTransactionMarker({ ...marker, timestampMs: broker.clock.now() });
  const { transactionVersion } = marker;
  const { errorCode, lastOffset } = partition.append(batch, -1, 'coordinator', {
    transactionVersion,
  });
  if (errorCode !== ErrorCode.NONE) {
    done(errorCode);
    return;
  }
  const { leaderEpoch } = partition;
  const write = { partition, requiredOffset: lastOffset + 1, leaderEpoch };
  awaitReplication(broker.replicas.purgatory, [write], timeoutMs, ([outcome]) => done(outcome!));
}
