export type { Loss } from './broker/broker-event.ts';
export type { RequestCount } from './broker/request-census.ts';
export type { NodeState } from './cluster/broker-seat.ts';
export type { Knobs } from './config/knobs.ts';
export type { GroupState } from './coordinator/group.ts';
export { type CheckOptions, checkHistory } from './history/check-history.ts';
export type { FoundRecord, HistoryFinding, HistoryRule } from './history/finding.ts';
export {
  History,
  type HistoryConsumerOptions,
  type HistoryOptions,
  type HistoryProducerOptions,
} from './history/history.ts';
export type { HistoryCommit, HistoryConsumer, RecordRead } from './history/history-consumer.ts';
export type {
  Acknowledgement,
  HistoryProducer,
  HistorySend,
  HistoryTransaction,
  RecordToSend,
} from './history/history-producer.ts';
export type { ClientRecord, Identify, OffsetLike, RecordText } from './history/identity.ts';
export type { LoggedRecord, LogView } from './history/log-view.ts';
export type { PartitionOffset } from './history/recorder.ts';
export { ClusterError, type ClusterErrorCode } from './server/cluster-error.ts';
export type {
  BrokerOptions,
  ClusterOptions,
  ConfigOptions,
  TopicOptions,
} from './server/cluster-options.ts';
export type {
  BrokerStatus,
  ClusterStatus,
  ControllerStatus,
  LinkStatus,
  PartitionStatus,
} from './server/cluster-status.ts';
export type { ControllerOptions } from './server/controller-options.ts';
export type {
  GroupMember,
  GroupOffset,
  GroupStatus,
  TopicPartition,
} from './server/group-status.ts';
export type { CrashOptions, KafkaBroker } from './server/kafka-broker.ts';
export type { KafkaCluster } from './server/kafka-cluster.ts';
export type { KafkaController } from './server/kafka-controller.ts';
export type { KafkaEvent } from './server/kafka-event.ts';
export type {
  GroupCommitOptions,
  GroupLagOptions,
  GroupStableOptions,
  KafkaGroup,
  KafkaGroupOffset,
} from './server/kafka-group.ts';
export type { KafkaPartition, KafkaReplica } from './server/kafka-partition.ts';
export type { KafkaRecord, NewRecord, RecordPlace } from './server/kafka-records.ts';
export type { KafkaTopic, ProduceOptions } from './server/kafka-topic.ts';
export type { IsolateOptions, LinkDelay, LinkOptions, LinkRoute } from './server/links.ts';
export { replayRecording } from './server/replay-recording.ts';
export { startCluster } from './server/start-cluster.ts';
export type { UntilOptions } from './server/until.ts';
export type { Link, NodeId, Plane } from './simulation/network.ts';
export { historyMatchers } from './testing/history-matchers.ts';
export {
  type RecordedTransaction,
  recordConsumer,
  recordProducer,
} from './testing/record-kafkajs.ts';
export { version } from './version.ts';
