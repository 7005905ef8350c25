import { brokerConfig } from './broker-config-names.ts';
import { brokerConfigs } from './broker-configs.ts';
import { brokerConfiguration } from './broker-configuration.ts';
import { brokerConflict } from './broker-conflict.ts';
import { brokerSettings } from './broker-settings.ts';
import { configWarnings } from './config-warnings.ts';
import { type ConfigMap, noDynamicConfigs } from './dynamic-configs.ts';
import { firstProblem } from './first-problem.ts';
import { odradekDefaults } from './odradek-defaults.ts';

type Given = Readonly<Record<string, string | number | boolean>>;

interface StaticConfigOptions {
  readonly brokerIds: readonly number[];
  /** For all brokers. */
  readonly config?: Given;
  /** For one broker, by its id; stronger than `config`. */
  readonly perBroker?: Readonly<Record<number, Given>>;
  /** Kafka's defaults, without those of ours (odradek-defaults.ts). */
  readonly kafkaDefaults?: boolean;
}

interface StaticConfigs {
  /** What each broker is started with, as if it stood in its server.properties. */
  readonly brokers: ReadonlyMap<number, ConfigMap>;
  /** Wrong values, one line each. */
  readonly problems: readonly string[];
  /** Configs without effect here, and unknown ones, one line each. */
  readonly warnings: readonly string[];
}

function resolve(options: StaticConfigOptions, brokerId: number): ConfigMap {
  const given = { ...options.config, ...options.perBroker?.[brokerId] };
  const configs = new Map<string, string>();
  for (const { name, value, unless } of options.kafkaDefaults ? [] : odradekDefaults) {
    if (!unless.some((other) => other in given)) configs.set(name, value);
  }
  // Kafka's 3 can never be had of fewer brokers: then there are no groups and no transactions.
  const brokerCount = options.brokerIds.length;
  if (!options.kafkaDefaults && brokerCount < 3) {
    configs.set('offsets.topic.replication.factor', String(brokerCount));
    configs.set('transaction.state.log.replication.factor', String(brokerCount));
    configs.set('transaction.state.log.min.isr', String(brokerCount));
  }
  for (const [name, value] of Object.entries(given)) configs.set(name, String(value));
  return configs.set('node.id', String(brokerId)).set('broker.id', String(brokerId));
}

function problemOf(brokerId: number, configs: ConfigMap): string | undefined {
  const prefixed = [...configs.keys()].filter((name) => !brokerConfigs.has(name));
  return (
    firstProblem(brokerConfigs.values(), configs) ??
    firstProblem(
      prefixed.flatMap((name) => brokerConfig(name) ?? []),
      configs,
    ) ??
    brokerConflict(brokerConfiguration(brokerId, configs, noDynamicConfigs))
  );
}

/** Kafka only logs this one, and the cluster then never becomes steady. */
function heartbeatWarning(brokerId: number, configs: ConfigMap): string | undefined {
  const { brokerHeartbeatIntervalMs: interval, brokerSessionTimeoutMs: session } = brokerSettings(
    brokerConfiguration(brokerId, configs, noDynamicConfigs),
  );
  if (interval * 2 <= session) return undefined;
  return (
    `broker.heartbeat.interval.ms (${interval}) is more than half of ` +
    `broker.session.timeout.ms (${session}): brokers may be fenced without reason`
  );
}

/** The start options as one map per broker; what is wrong with them is told, not thrown. */
export function staticConfigs(options: StaticConfigOptions): StaticConfigs {
  const brokers = new Map(options.brokerIds.map((id) => [id, resolve(options, id)]));
  const given = [options.config, ...Object.values(options.perBroker ?? {})];
  const problems = new Set<string>();
  const warnings = new Set(
    given.flatMap((config) =>
      configWarnings(
        new Map(Object.entries(config ?? {}).map(([key, value]) => [key, `${value}`])),
      ),
    ),
  );
  for (const [brokerId, configs] of brokers) {
    const problem = problemOf(brokerId, configs);
    const warning = problem === undefined ? heartbeatWarning(brokerId, configs) : undefined;
    if (problem !== undefined) problems.add(problem);
    if (warning !== undefined) warnings.add(warning);
  }
  return { brokers, problems: [...problems], warnings: [...warnings] };
}
