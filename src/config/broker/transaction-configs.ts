import type { ConfigDefinition } from '../config-definition.ts';
import { atLeast, boolean, clusterWide, int, internal, report, short } from '../define.ts';

export const transactionConfigs: readonly ConfigDefinition[] = [
  int('transactional.id.expiration.ms', '604800000', atLeast(1)),
  int('transaction.max.timeout.ms', '900000', atLeast(1)),
  int('transaction.abort.timed.out.transaction.cleanup.interval.ms', '10000', atLeast(1)),
  int('transaction.remove.expired.transaction.cleanup.interval.ms', '3600000', atLeast(1)),
  boolean('transaction.two.phase.commit.enable', 'false'),
  int('add.partitions.to.txn.retry.backoff.max.ms', '100', atLeast(0)),
  int('add.partitions.to.txn.retry.backoff.ms', '20', atLeast(1)),
  int('transaction.state.log.min.isr', '2', atLeast(1)),
  int('transaction.state.log.load.buffer.size', '5242880', atLeast(1), report),
  short('transaction.state.log.replication.factor', '3', atLeast(1)),
  int('transaction.state.log.num.partitions', '50', atLeast(1)),
  int('transaction.state.log.segment.bytes', '104857600', atLeast(1)),
  boolean('transaction.partition.verification.enable', 'true', clusterWide),
  int('producer.id.expiration.ms', '86400000', atLeast(1), clusterWide),
  int('producer.id.expiration.check.interval.ms', '600000', atLeast(1), internal),
];
