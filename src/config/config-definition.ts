import type { Validator } from './validator.ts';

/** The types that a config can have; the values are those of DescribeConfigs (KIP-569). */
export const ConfigType = {
  UNKNOWN: 0,
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
} as const;
export type ConfigTypeName = Exclude<keyof typeof ConfigType, 'UNKNOWN'>;

/** One config of a broker, a topic, a group or a client metrics subscription. */
export interface ConfigDefinition {
  readonly name: string;
  readonly type: ConfigTypeName;
  /** As it would stand in a properties file; null: none. */
  readonly defaultValue: string | null;
  readonly validator: Validator | null;
  /** Whether a running broker accepts a new value, and for whom (KIP-226). */
  readonly dynamic: 'read-only' | 'per-broker' | 'cluster-wide';
  /** May be set at run time, but only behind `listener.name.<listener>.`. */
  readonly listenerScoped: boolean;
  /** The topic config that this broker config is the fallback of. */
  readonly topicConfig: string | null;
  /**
   * What Kafka's clients see of it. `honour`: behaviour. `report`: its value alone.
   * `optional`: nothing without tiered storage or a metrics reporter.
   */
  readonly use: 'honour' | 'report' | 'optional';
  /** A broker does not start without it. */
  readonly required: boolean;
  /** Accepted, but not for users. */
  readonly internal: boolean;
  /** Left out of DescribeConfigs while nobody has set it; internal ones are. */
  readonly hidden: boolean;
}
