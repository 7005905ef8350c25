import { type BrokerConfiguration, brokerConfiguration } from '../config/broker-configuration.ts';
import { type BrokerSettings, brokerSettings } from '../config/broker-settings.ts';
import { ConfigResourceType } from '../config/config-resource.ts';
import {
  type ConfigMap,
  configsOf,
  type DynamicConfigs,
  noDynamicConfigs,
} from '../config/dynamic-configs.ts';
import { groupValue } from '../config/group-value.ts';
import type { Knobs } from '../config/knobs.ts';
import { type TopicSettings, topicSettings } from '../config/topic-settings.ts';
import type { LogConfig } from '../log/log-config.ts';
import type { IsrSettings } from '../replication/partition-host.ts';
import type { ThrottledReplicas } from '../replication/replication-quota.ts';

export interface TopicConfig extends TopicSettings, LogConfig, IsrSettings {
  readonly throttledReplicas: Readonly<Record<Side, ThrottledReplicas>>;
}

/** Of a broker that replicates. */
type Side = 'leader' | 'follower';

const unlimited = Number.POSITIVE_INFINITY;
const none: ReadonlySet<number> = new Set();

/** The configs in force on one broker, worked out anew only when one of them has changed. */
export class LiveConfigs {
  readonly #brokerId: number;
  readonly #static: ConfigMap;
  readonly #knobs: Knobs;
  #dynamic: DynamicConfigs = noDynamicConfigs;
  #configuration: BrokerConfiguration;
  #settings: BrokerSettings;
  #replicationRates = { leader: unlimited, follower: unlimited };
  #topics = new Map<string, TopicConfig>();
  /** By group id and name. */
  #groups = new Map<string, number>();

  constructor(brokerId: number, staticConfigs: ConfigMap, knobs: Knobs) {
    this.#brokerId = brokerId;
    this.#knobs = knobs;
    this.#static = staticConfigs;
    this.#configuration = brokerConfiguration(brokerId, staticConfigs, noDynamicConfigs);
    this.#settings = settingsOf(this.#configuration, this.#knobs);
  }

  get configuration(): BrokerConfiguration {
    return this.#configuration;
  }

  get settings(): BrokerSettings {
    return this.#settings;
  }

  /** Bytes a second that throttled replicas may be sent, or may take. */
  get replicationRates(): Readonly<Record<Side, number>> {
    return this.#replicationRates;
  }

  update(dynamic: DynamicConfigs): void {
    if (dynamic === this.#dynamic) return;
    this.#dynamic = dynamic;
    this.#configuration = brokerConfiguration(this.#brokerId, this.#static, dynamic);
    this.#settings = settingsOf(this.#configuration, this.#knobs);
    this.#replicationRates = {
      leader: throttledRate(this.#configuration, 'leader'),
      follower: throttledRate(this.#configuration, 'follower'),
    };
    this.#topics = new Map();
    this.#groups = new Map();
  }

  topic(name: string): TopicConfig {
    let config = this.#topics.get(name);
    if (config === undefined) {
      const own = configsOf(this.#dynamic, { type: ConfigResourceType.TOPIC, name });
      const { producerIdExpirationMs, replicaLagTimeMaxMs } = this.#settings;
      const settings = topicSettings(this.#configuration, own);
      const { leaderReplicationThrottledReplicas, followerReplicationThrottledReplicas } = settings;
      config = {
        ...settings,
        producerIdExpirationMs,
        verifyTransactions: this.#settings.transactionPartitionVerificationEnable,
        replicaLagTimeMaxMs,
        strictMinIsr: this.#knobs.strictMinIsr,
        throttledReplicas: {
          leader: this.#throttledHere(leaderReplicationThrottledReplicas),
          follower: this.#throttledHere(followerReplicationThrottledReplicas),
        },
      };
      this.#topics.set(name, config);
    }
    return config;
  }

  /** Of a group whose configs nobody has set there is nothing to keep: it has the broker's. */
  group(groupId: string, name: string): number {
    const own = configsOf(this.#dynamic, { type: ConfigResourceType.GROUP, name: groupId });
    const key = own.size === 0 ? name : `${name} ${groupId}`;
    let value = this.#groups.get(key);
    if (value === undefined) {
      value = Number(groupValue(this.#configuration, own, name));
      this.#groups.set(key, value);
    }
    return value;
  }

  #throttledHere(replicas: readonly string[]): ThrottledReplicas {
    if (replicas[0] === '*') return 'all';
    if (replicas.length === 0) return none;
    const pairs = replicas.map((replica) => replica.split(':').map(Number));
    const here = pairs.filter(([, brokerId]) => brokerId === this.#brokerId);
    return new Set(here.map(([partition]) => partition as number));
  }
}

/** As in Kafka what a broker was started with does not count. */
function throttledRate({ dynamicBroker, dynamicDefault }: BrokerConfiguration, side: Side): number {
  const name = `${side}.replication.throttled.rate`;
  return Number(dynamicBroker.get(name) ?? dynamicDefault.get(name) ?? unlimited);
}

function settingsOf(configuration: BrokerConfiguration, knobs: Knobs): BrokerSettings {
  const settings = brokerSettings(configuration);
  if (knobs.transactionVerification) return settings;
  return { ...settings, transactionPartitionVerificationEnable: false };
}
