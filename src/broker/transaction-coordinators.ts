import { transactionFeature } from '../controller/features.ts';
import type { CoordinatorEvent } from '../coordinator/coordinator-event.ts';
import type { TransactionHost } from '../coordinator/transactions/transaction-host.ts';
import { TransactionShard } from '../coordinator/transactions/transaction-shard.ts';
import type { Broker, CallBroker } from './broker.ts';
import { CoordinatorPartitions } from './coordinator-partitions.ts';
import { InternalTopic } from './internal-topic.ts';

const transactionTopic = '__transaction_state';

/** The transactional ids that this broker coordinates: those whose partition it leads. */
export class TransactionCoordinators extends CoordinatorPartitions<TransactionShard> {
  readonly #broker: Broker;

  constructor(
    broker: Broker,
    callBroker: CallBroker,
    emit: (event: CoordinatorEvent, about: string) => void,
  ) {
    const topic = new InternalTopic(broker, { name: transactionTopic, settings: topicOf(broker) });
    const host = hostOf(broker, callBroker, emit);
    super(broker, topic, (partition, coordinatorEpoch, log) => {
      return new TransactionShard({ partition, coordinatorEpoch, log, host });
    });
    this.#broker = broker;
  }

  /** Looks for what has been open, or idle, for too long, now and then. */
  start(): void {
    const { settings } = this.#broker;
    this.#repeat(settings.transactionAbortTimedOutTransactionCleanupIntervalMs, (shard) =>
      shard.abortTimedOut(),
    );
    this.#repeat(settings.transactionRemoveExpiredTransactionCleanupIntervalMs, (shard) =>
      shard.expireIds(),
    );
  }

  #repeat(intervalMs: number, look: (shard: TransactionShard) => void): void {
    this.#broker.clock.after(intervalMs, () => {
      for (const shard of this.shards()) if (shard.isActive) look(shard);
      this.#repeat(intervalMs, look);
    });
  }
}

const hostOf = (
  broker: Broker,
  callBroker: CallBroker,
  emit: TransactionHost['emit'],
): TransactionHost => ({
  clock: broker.clock,
  get settings() {
    return broker.settings;
  },
  get transactionVersion() {
    return broker.metadata.features.get(transactionFeature) ?? 0;
  },
  nextProducerId: (reply) => broker.producerIds.next(reply),
  leaderOf(topic, partition) {
    const image = broker.metadata.topicsByName.get(topic)?.partitions[partition];
    if (image === undefined) return undefined;
    return broker.metadata.brokers.get(image.leader)?.fenced === false ? image.leader : -1;
  },
  writeMarkers: (brokerId, request, reply) =>
    callBroker(brokerId, 'WriteTxnMarkers', request, reply),
  emit,
});

const topicOf = (broker: Broker) => () => ({
  numPartitions: broker.settings.transactionStateLogNumPartitions,
  replicationFactor: broker.settings.transactionStateLogReplicationFactor,
  configs: {
    'unclean.leader.election.enable': 'false',
    'compression.type': 'uncompressed',
    'cleanup.policy': 'compact',
    'min.insync.replicas': String(broker.settings.transactionStateLogMinIsr),
    'segment.bytes': String(broker.settings.transactionStateLogSegmentBytes),
  },
});
