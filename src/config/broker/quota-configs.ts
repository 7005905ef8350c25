import type { ConfigDefinition } from '../config-definition.ts';
import { atLeast, className, clusterWide, hidden, int, long, report } from '../define.ts';

export const quotaConfigs: readonly ConfigDefinition[] = [
  int('quota.window.num', '11', atLeast(1)),
  int('replication.quota.window.num', '11', atLeast(1), report),
  int('alter.log.dirs.replication.quota.window.num', '11', atLeast(1), report),
  int('controller.quota.window.num', '11', atLeast(1), report),
  int('quota.window.size.seconds', '1', atLeast(1)),
  int('replication.quota.window.size.seconds', '1', atLeast(1), report),
  int('alter.log.dirs.replication.quota.window.size.seconds', '1', atLeast(1), report),
  int('controller.quota.window.size.seconds', '1', atLeast(1), report),
  className('client.quota.callback.class', null, report),
  long(
    'leader.replication.throttled.rate',
    '9223372036854775807',
    atLeast(0),
    clusterWide,
    hidden,
    report,
  ),
  long(
    'follower.replication.throttled.rate',
    '9223372036854775807',
    atLeast(0),
    clusterWide,
    hidden,
    report,
  ),
  long(
    'replica.alter.log.dirs.io.max.bytes.per.second',
    '9223372036854775807',
    atLeast(0),
    clusterWide,
    hidden,
    report,
  ),
];
