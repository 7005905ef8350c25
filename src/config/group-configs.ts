import type { ConfigDefinition } from './config-definition.ts';
import { atLeast, boolean, int, oneOf, string } from './define.ts';
import { definitionsByName } from './definitions-by-name.ts';

const shareAutoOffsetReset = { validator: { kind: 'share-auto-offset-reset' } } as const;

/** Every config of a group. The broker config behind most of them has `group.` before its name. */
export const groupConfigs: ReadonlyMap<string, ConfigDefinition> = definitionsByName([
  int('consumer.session.timeout.ms', '45000', atLeast(1)),
  int('consumer.heartbeat.interval.ms', '5000', atLeast(1)),
  int('consumer.assignment.interval.ms', '1000', atLeast(0)),
  int('share.session.timeout.ms', '45000', atLeast(1)),
  int('share.heartbeat.interval.ms', '5000', atLeast(1)),
  int('share.record.lock.duration.ms', '30000', atLeast(1000)),
  int('share.delivery.count.limit', '5', atLeast(2)),
  int('share.partition.max.record.locks', '2000', atLeast(100)),
  string('share.auto.offset.reset', 'latest', shareAutoOffsetReset),
  string('share.isolation.level', 'read_uncommitted', oneOf('read_committed', 'read_uncommitted')),
  boolean('share.renew.acknowledge.enable', 'true'),
  int('share.assignment.interval.ms', '1000', atLeast(0)),
  int('streams.session.timeout.ms', '45000', atLeast(1)),
  int('streams.heartbeat.interval.ms', '5000', atLeast(1)),
  int('streams.num.standby.replicas', '0', atLeast(0)),
  int('streams.initial.rebalance.delay.ms', '3000', atLeast(0)),
  int('streams.assignment.interval.ms', '1000', atLeast(0)),
]);
