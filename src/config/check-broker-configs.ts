import { brokerConfig } from './broker-config-names.ts';
import { brokerConfigs } from './broker-configs.ts';
import type { BrokerConfiguration } from './broker-configuration.ts';
import { brokerConflict } from './broker-conflict.ts';
import type { ConfigMap } from './dynamic-configs.ts';
import { brokerValue, topicValue } from './effective-config.ts';
import { firstProblem } from './first-problem.ts';
import { invalidConfig, invalidRequest, type Refusal } from './refusal.ts';

/** One broker's configs before and after a change at run time. */
interface BrokerChange {
  /** '' for all brokers. */
  readonly resourceName: string;
  readonly before: ConfigMap;
  readonly after: ConfigMap;
  /** What the request names, changed or not. */
  readonly touched: readonly string[];
}

const threadCounts = [
  ...['num.io.threads', 'num.network.threads', 'num.replica.fetchers', 'background.threads'],
  ...['num.recovery.threads.per.data.dir', 'remote.log.reader.threads'],
  ...['remote.log.manager.copier.thread.pool.size'],
  ...['remote.log.manager.expiration.thread.pool.size'],
  ...['remote.log.manager.follower.thread.pool.size'],
];

const within = (broker: BrokerConfiguration, name: string, configs: ConfigMap) =>
  name === '' ? { ...broker, dynamicDefault: configs } : { ...broker, dynamicBroker: configs };

const wrapped = (problem: string): string =>
  `Invalid value org.apache.kafka.common.config.ConfigException: ${problem} ` +
  'for configuration Invalid dynamic configuration';

/** Names that may not be set like this, and what Kafka says about them. */
function misplaced({ resourceName, after }: BrokerChange): string | undefined {
  const named = (names: readonly string[], why: string): string | undefined =>
    names.length === 0 ? undefined : `${why}: [${names.join(', ')}]`;
  const names = [...after.keys()];
  const fixed = names.filter((name) => {
    const definition = brokerConfigs.get(name);
    return definition?.dynamic === 'read-only' && !definition.listenerScoped;
  });
  const scoped = names.filter((name) => brokerConfigs.get(name)?.listenerScoped);
  return (
    named(fixed, 'Cannot update these configs dynamically') ??
    named(
      scoped,
      'These security configs can be dynamically updated only per-listener ' +
        'using the listener prefix',
    ) ??
    firstProblem(brokerConfigs.values(), after) ??
    firstProblem(
      names.filter((name) => !brokerConfigs.has(name)).flatMap((name) => brokerConfig(name) ?? []),
      after,
    ) ??
    named(
      names.filter((name) => resourceName === '' && isPerBroker(name)),
      'Cannot update these configs at default cluster level, broker id must be specified',
    )
  );
}

const isPerBroker = (name: string): boolean =>
  name.startsWith('listener.name.') || brokerConfigs.get(name)?.dynamic === 'per-broker';

/** A pool of threads may at most double or halve in one step. */
function resized(before: BrokerConfiguration, after: BrokerConfiguration): string | undefined {
  for (const name of threadCounts) {
    const from = Number(brokerValue(before, name));
    const to = Number(brokerValue(after, name));
    const what = `Dynamic thread count update validation failed for ${name}=${to}, value should`;
    if (to < Math.floor(from / 2)) {
      return wrapped(`${what} be at least half the current value ${from}`);
    }
    if (to > from * 2) {
      return wrapped(`${what} not be greater than double the current value ${from}`);
    }
  }
  return undefined;
}

function localRetention(after: BrokerConfiguration): string | undefined {
  for (const [local, whole, topicConfig] of [
    ['log.local.retention.ms', 'log.retention.ms', 'retention.ms'],
    ['log.local.retention.bytes', 'log.retention.bytes', 'retention.bytes'],
  ] as const) {
    const value = Number(brokerValue(after, local));
    const limit = Number(topicValue(after, new Map(), topicConfig));
    if (value <= 0 || limit < 0 || value <= limit) continue;
    const why = `Value must not be more than ${whole} property value: ${limit}`;
    return wrapped(`Invalid value ${value} for configuration ${local}: ${why}`);
  }
  return undefined;
}

function noConnections(after: BrokerConfiguration): string | undefined {
  return brokerValue(after, 'max.connections') === 0
    ? wrapped('Invalid max.connections 0')
    : undefined;
}

/** KIP-966: who counts as having the committed data must not differ from broker to broker. */
function minInSyncReplicas(change: BrokerChange): string | undefined {
  const name = 'min.insync.replicas';
  const { resourceName, before, after, touched } = change;
  if (resourceName !== '') {
    return touched.includes(name)
      ? `Broker-level ${name} cannot be altered while ELR is enabled.`
      : undefined;
  }
  const removed = !after.has(name) && (before.has(name) || touched.includes(name));
  return removed ? `Cluster-level ${name} cannot be removed while ELR is enabled.` : undefined;
}

/** Whether a broker, or with '' all of them, may get these configs while they run (KIP-226). */
export function checkBrokerConfigs(
  broker: BrokerConfiguration,
  eligibleLeaderReplicas: boolean,
  change: BrokerChange,
): Refusal | undefined {
  const { resourceName, before, after } = change;
  const problem = misplaced(change);
  if (problem !== undefined) return invalidRequest(problem);
  const next = within(broker, resourceName, after);
  const conflict =
    brokerConflict(next) ??
    localRetention(next) ??
    noConnections(next) ??
    resized(within(broker, resourceName, before), next);
  if (conflict !== undefined) return invalidRequest(conflict);
  const elr = eligibleLeaderReplicas ? minInSyncReplicas(change) : undefined;
  return elr === undefined ? undefined : invalidConfig(elr);
}
