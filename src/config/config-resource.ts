/** What configs can belong to; the numbers are those of DescribeConfigs. */
export const ConfigResourceType = {
  TOPIC: 2,
  BROKER: 4,
  BROKER_LOGGER: 8,
  CLIENT_METRICS: 16,
  GROUP: 32,
} as const;
export type ConfigResourceType = (typeof ConfigResourceType)[keyof typeof ConfigResourceType];

export interface ConfigResource {
  readonly type: ConfigResourceType;
  /** A broker's id in decimal, or '' for all brokers; the others by their names. */
  readonly name: string;
}
