/** For a story of consumers alone: what brokers do among themselves does not matter. */
export const oneBroker = {
  brokers: 1,
  replicas: [[1], [1]],
  config: { 'offsets.topic.num.partitions': '1', 'offsets.topic.replication.factor': '1' },
  topicConfig: { 'min.insync.replicas': '1' },
} as const;
