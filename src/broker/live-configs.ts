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

export type TopicConfig = TopicSettings & LogConfig & IsrSettings;

/** The configs in force on one broker, worked out anew only when one of them has changed. */
export class LiveConfigs {
  readonly #brokerId: number;
  readonly #static: ConfigMap;
  readonly #knobs: Knobs;
  #dynamic: DynamicConfigs = noDynamicConfigs;
  #configuration: BrokerConfiguration;
  #settings: BrokerSettings;
  #topics = new Map<string, TopicConfig>();
  /** By group id and name. */
  #groups = new Map<string, number>();

  constructor(brokerId: number, staticConfigs: ConfigMap, knobs: Knobs) {
    this.#brokerId = brokerId;
    this.#knobs = knobs;
    this.#static = staticConfigs;
    this.#configuration = brokerConfiguration(brokerId, staticConfigs, noDynamicConfigs);
    this.#settings = brokerSettings(this.#configuration);
  }

  get configuration(): BrokerConfiguration {
    return this.#configuration;
  }

  get settings(): BrokerSettings {
    return this.#settings;
  }

  update(dynamic: DynamicConfigs): void {
    if (dynamic === this.#dynamic) return;
    this.#dynamic = dynamic;
    this.#configuration = brokerConfiguration(this.#brokerId, this.#static, dynamic);
    this.#settings = brokerSettings(this.#configuration);
    this.#topics = new Map();
    this.#groups = new Map();
  }

  topic(name: string): TopicConfig {
    let config = this.#topics.get(name);
    if (config === undefined) {
      const own = configsOf(this.#dynamic, { type: ConfigResourceType.TOPIC, name });
      const { producerIdExpirationMs, replicaLagTimeMaxMs } = this.#settings;
      config = {
        ...topicSettings(this.#configuration, own),
        producerIdExpirationMs,
        replicaLagTimeMaxMs,
        strictMinIsr: this.#knobs.strictMinIsr,
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
}
