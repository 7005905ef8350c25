import { apis } from '../../../src/protocol/messages/index.ts';
import type { Cluster } from './cluster.ts';
import { errorName } from './error-name.ts';

/** What a config belongs to. */
export const resource = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 };
/** Where a value comes from. */
export const source = { topic: 1, broker: 2, allBrokers: 3, file: 4, byDefault: 5 };
export const operation = { set: 0, delete: 1, append: 2, subtract: 3 };

interface Asked {
  readonly type?: number;
  readonly name: string;
  readonly keys?: readonly string[] | null;
}

interface DescribeOptions {
  readonly version?: number;
  readonly includeSynonyms?: boolean;
  readonly includeDocumentation?: boolean;
  readonly brokerId?: number;
}

/** DescribeConfigs; each result has its configs by name. A topic unless said. */
export async function describeConfigs(
  cluster: Cluster,
  asked: readonly Asked[],
  options: DescribeOptions = {},
) {
  const { version = 4, brokerId, includeSynonyms = false, includeDocumentation = false } = options;
  const reply = await cluster.request(
    apis.DescribeConfigs,
    version,
    {
      resources: asked.map(({ type = resource.topic, name, keys = null }) => ({
        resourceType: type,
        resourceName: name,
        configurationKeys: keys,
      })),
      includeSynonyms,
      includeDocumentation,
    },
    brokerId,
  );
  return reply.results.map(({ errorCode, configs, ...rest }) => ({
    error: errorName(errorCode),
    ...rest,
    names: configs.map(({ name }) => name),
    configs: Object.fromEntries(configs.map(({ name, ...config }) => [name, config])),
  }));
}

/** One config of a topic: its value and where it comes from, or undefined. */
export async function topicConfig(cluster: Cluster, topic: string, name: string) {
  const [result] = await describeConfigs(cluster, [{ name: topic, keys: [name] }]);
  return result!.configs[name];
}

export interface Changed {
  readonly type?: number;
  readonly name: string;
  /** Name, value and operation of each config; SET unless said. */
  readonly configs: readonly (readonly [name: string, value: string | null, operation?: number])[];
}

interface AlterOptions {
  readonly version?: number;
  readonly validateOnly?: boolean;
  readonly brokerId?: number;
}

/** IncrementalAlterConfigs. A topic unless said. */
export async function incrementalAlterConfigs(
  cluster: Cluster,
  changed: readonly Changed[],
  options: AlterOptions = {},
) {
  const { version = 1, validateOnly = false, brokerId } = options;
  const body = {
    resources: changed.map(({ type = resource.topic, name, configs }) => ({
      resourceType: type,
      resourceName: name,
      configs: configs.map(([key, value, configOperation = operation.set]) => ({
        name: key,
        value,
        configOperation,
      })),
    })),
    validateOnly,
  };
  return answers(await cluster.request(apis.IncrementalAlterConfigs, version, body, brokerId));
}

/** AlterConfigs: all configs of a resource at once. A topic unless said. */
export async function alterConfigs(
  cluster: Cluster,
  changed: readonly Changed[],
  options: AlterOptions = {},
) {
  const { version = 2, validateOnly = false, brokerId } = options;
  const body = {
    resources: changed.map(({ type = resource.topic, name, configs }) => ({
      resourceType: type,
      resourceName: name,
      configs: configs.map(([key, value]) => ({ name: key, value })),
    })),
    validateOnly,
  };
  return answers(await cluster.request(apis.AlterConfigs, version, body, brokerId));
}

function answers({
  responses,
}: {
  readonly responses: readonly {
    readonly errorCode: number;
    readonly errorMessage: string | null;
    readonly resourceType: number;
    readonly resourceName: string;
  }[];
}) {
  return responses.map(({ errorCode, ...rest }) => ({ error: errorName(errorCode), ...rest }));
}
