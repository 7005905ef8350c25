import type { BrokerConfiguration } from './broker-configuration.ts';
import { type CamelCase, camelCase } from './camel-case.ts';
import { brokerValue } from './effective-config.ts';

const numbers = [
  ...(['node.id', 'num.partitions', 'default.replication.factor', 'min.insync.replicas'] as const),
  ...(['message.max.bytes', 'socket.request.max.bytes', 'connections.max.idle.ms'] as const),
  ...(['max.connections', 'max.connections.per.ip', 'fetch.max.bytes'] as const),
  ...(['max.incremental.fetch.session.cache.slots'] as const),
  ...(['max.request.partition.size.limit'] as const),
  ...(['replica.lag.time.max.ms', 'replica.fetch.wait.max.ms'] as const),
  ...(['replica.fetch.min.bytes', 'replica.fetch.max.bytes'] as const),
  ...(['replica.fetch.response.max.bytes', 'replica.fetch.backoff.ms'] as const),
  ...(['replication.quota.window.num', 'replication.quota.window.size.seconds'] as const),
  ...(['leader.imbalance.check.interval.seconds', 'unclean.leader.election.interval.ms'] as const),
  ...(['broker.session.timeout.ms', 'broker.heartbeat.interval.ms'] as const),
  ...(['controller.quorum.election.timeout.ms', 'controller.quorum.fetch.timeout.ms'] as const),
  ...(['controller.quorum.election.backoff.max.ms'] as const),
  ...(['controller.quorum.retry.backoff.ms'] as const),
  ...(['metadata.log.max.record.bytes.between.snapshots'] as const),
  ...(['log.retention.check.interval.ms', 'producer.id.expiration.ms'] as const),
  ...(['log.flush.scheduler.interval.ms', 'log.cleaner.backoff.ms'] as const),
  ...(['replica.high.watermark.checkpoint.interval.ms'] as const),
  ...(['offsets.topic.num.partitions', 'offsets.topic.replication.factor'] as const),
  ...(['offsets.topic.segment.bytes', 'offset.metadata.max.bytes'] as const),
  ...(['offsets.retention.minutes', 'offsets.retention.check.interval.ms'] as const),
  ...(['transaction.state.log.num.partitions', 'transaction.state.log.min.isr'] as const),
  ...(['transaction.state.log.replication.factor'] as const),
  ...(['transaction.state.log.segment.bytes', 'transaction.max.timeout.ms'] as const),
  ...(['transactional.id.expiration.ms', 'group.initial.rebalance.delay.ms'] as const),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms',
  'transaction.remove.expired.transaction.cleanup.interval.ms',
  ...(['add.partitions.to.txn.retry.backoff.ms'] as const),
  ...(['add.partitions.to.txn.retry.backoff.max.ms'] as const),
  ...(['group.min.session.timeout.ms', 'group.max.session.timeout.ms'] as const),
  ...(['group.max.size', 'offsets.commit.timeout.ms'] as const),
  ...(['group.consumer.max.size', 'group.consumer.regex.refresh.interval.ms'] as const),
] as const;

const booleans = [
  'auto.create.topics.enable',
  'auto.leader.rebalance.enable',
  'delete.topic.enable',
  'transaction.partition.verification.enable',
  'log.cleaner.enable',
] as const;
const texts = ['broker.rack', 'replica.selector.class', 'group.consumer.migration.policy'] as const;
const lists = [
  ...(['log.dir', 'log.dirs', 'group.consumer.assignors'] as const),
  'group.coordinator.rebalance.protocols',
] as const;

/** What this broker's configs mean for it: `num.partitions` as `numPartitions`, and so on. */
export type BrokerSettings = {
  readonly [Name in (typeof numbers)[number] as CamelCase<Name>]: number;
} & { readonly [Name in (typeof booleans)[number] as CamelCase<Name>]: boolean } & {
  readonly [Name in (typeof texts)[number] as CamelCase<Name>]: string | null;
} & {
  readonly [Name in (typeof lists)[number] as CamelCase<Name>]: readonly string[] | null;
};

/** The configs that `brokerSettings` reads. */
export const brokerSettingNames: readonly string[] = [...numbers, ...booleans, ...texts, ...lists];

const keys = brokerSettingNames.map((name) => [camelCase(name), name] as const);

/** Of two equal configurations the settings are equal; reading seventy configs is not for free. */
const known = new WeakMap<BrokerConfiguration, BrokerSettings>();

/** Numbers beyond 2^53 are rounded; Long.MAX_VALUE is a way to say "never" and stays one. */
export function brokerSettings(broker: BrokerConfiguration): BrokerSettings {
  const before = known.get(broker);
  if (before !== undefined) return before;
  const entries = keys.map(([key, name]) => {
    const value = brokerValue(broker, name);
    return [key, typeof value === 'bigint' ? Number(value) : value];
  });
  const settings: BrokerSettings = Object.fromEntries(entries);
  known.set(broker, settings);
  return settings;
}
