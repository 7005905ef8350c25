export type { RequestCount } from './broker/request-census.ts';
export { ClusterError, type ClusterErrorCode } from './server/cluster-error.ts';
export type {
  BrokerOptions,
  ClusterOptions,
  ConfigOptions,
  TopicOptions,
} from './server/cluster-options.ts';
export type { ControllerOptions } from './server/controller-options.ts';
export type { KafkaBroker } from './server/kafka-broker.ts';
export type { KafkaCluster } from './server/kafka-cluster.ts';
export type { KafkaController } from './server/kafka-controller.ts';
export type { KafkaEvent } from './server/kafka-event.ts';
export type { KafkaPartition, KafkaReplica } from './server/kafka-partition.ts';
export type { KafkaRecord, NewRecord, RecordPlace } from './server/kafka-records.ts';
export type { KafkaTopic, ProduceOptions } from './server/kafka-topic.ts';
export { replayRecording } from './server/replay-recording.ts';
export { startCluster } from './server/start-cluster.ts';
export type { UntilOptions } from './server/until.ts';
export { version } from './version.ts';
