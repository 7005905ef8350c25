import { applyOperation, ConfigOperation } from './apply-operation.ts';
import type { BrokerConfiguration } from './broker-configuration.ts';
import { checkBrokerConfigs } from './check-broker-configs.ts';
import { checkClientMetricsConfigs } from './check-client-metrics-configs.ts';
import { checkGroupConfigs } from './check-group-configs.ts';
import { checkTopicConfigs } from './check-topic-configs.ts';
import { type ConfigResource, ConfigResourceType } from './config-resource.ts';
import {
  type ConfigChange,
  type ConfigMap,
  configsOf,
  type DynamicConfigs,
} from './dynamic-configs.ts';
import { invalidConfig, invalidRequest, type Refusal } from './refusal.ts';

/** What comes of a change: what to record (nothing, if all is so already), or why not. */
export type AlterOutcome =
  | { readonly errorCode: 0; readonly changes: readonly ConfigChange[] }
  | Refusal;

export interface AlterContext {
  /** Of the broker that the request came to; an id below 0 is the controller, which takes any. */
  readonly broker: BrokerConfiguration;
  readonly dynamic: DynamicConfigs;
  /** KIP-966 */
  readonly eligibleLeaderReplicas: boolean;
}

interface NamedValue {
  readonly name: string;
  readonly value: string | null;
}

interface IncrementalOperation extends NamedValue {
  /** SET 0, DELETE 1, APPEND 2, SUBTRACT 3; others are answered as Kafka answers them. */
  readonly configOperation: number;
}

interface Change {
  readonly before: ConfigMap;
  readonly after: ConfigMap;
  readonly touched: readonly string[];
}

function differences(
  { type, name: resourceName }: ConfigResource,
  { before, after }: Change,
): readonly ConfigChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => ({
      ...{ resourceType: type, resourceName, name },
      value: after.get(name) ?? null,
    }));
}

/** The resource under the name that it is stored by, or why there is none of that name. */
function resolve(context: AlterContext, resource: ConfigResource): ConfigResource | Refusal {
  const { type, name } = resource;
  const { TOPIC, BROKER, GROUP, CLIENT_METRICS } = ConfigResourceType;
  if (type === BROKER) {
    if (name === '') return resource;
    if (!/^[+-]?\d+$/.test(name)) {
      return invalidRequest(`Node id must be an integer, but it is: ${name}`);
    }
    const { brokerId } = context.broker;
    if (brokerId >= 0 && brokerId !== Number(name)) {
      return invalidRequest(`Unexpected broker id, expected ${brokerId}, but received ${name}`);
    }
    return { type, name: String(Number(name)) };
  }
  if (type !== TOPIC && type !== GROUP && type !== CLIENT_METRICS) {
    return invalidRequest(`Unknown resource type ${type}`);
  }
  if (name !== '') return resource;
  if (type === TOPIC) return invalidRequest('Default topic resources are not allowed.');
  if (type === GROUP) return invalidRequest('Default group resources are not allowed.');
  return invalidRequest("Subscription name can't be empty");
}

function check(context: AlterContext, resource: ConfigResource, change: Change) {
  const { broker, eligibleLeaderReplicas } = context;
  switch (resource.type) {
    case ConfigResourceType.TOPIC:
      return checkTopicConfigs(broker, change.after);
    case ConfigResourceType.GROUP:
      return checkGroupConfigs(broker, change.after);
    case ConfigResourceType.CLIENT_METRICS:
      return checkClientMetricsConfigs(change.after);
    default:
      return checkBrokerConfigs(broker, eligibleLeaderReplicas, {
        ...change,
        resourceName: resource.name,
      });
  }
}

function conclude(context: AlterContext, resource: ConfigResource, change: Change): AlterOutcome {
  return (
    check(context, resource, change) ?? { errorCode: 0, changes: differences(resource, change) }
  );
}

/** What is wrong with a request before anybody looks at the resource. */
function malformed(configs: readonly NamedValue[], nullMayBe: (index: number) => boolean) {
  if (new Set(configs.map(({ name }) => name)).size < configs.length) {
    return invalidRequest('Error due to duplicate config keys');
  }
  const nulls = configs.filter(({ value }, index) => value === null && !nullMayBe(index));
  if (nulls.length === 0) return undefined;
  const names = nulls.map(({ name }) => name).join(', ');
  return invalidRequest(`Null value not supported for : ${names}`);
}

/**
 * CreateTopics: the configs of a new topic. A name that comes twice has the last value.
 * The caller has checked the topic's name.
 */
export function createTopicConfigs(
  broker: BrokerConfiguration,
  topicName: string,
  configs: readonly NamedValue[],
): AlterOutcome {
  const nulls = configs.filter(({ value }) => value === null).map(({ name }) => name);
  if (nulls.length > 0) {
    return invalidConfig(`Null value not supported for topic configs: ${nulls.join(',')}`);
  }
  const after = new Map(configs.map(({ name, value }) => [name, value ?? '']));
  const change = { before: new Map(), after, touched: [...after.keys()] };
  const resource = { type: ConfigResourceType.TOPIC, name: topicName };
  return (
    checkTopicConfigs(broker, after) ?? { errorCode: 0, changes: differences(resource, change) }
  );
}

/**
 * AlterConfigs: these configs and no others from now on. The caller has refused a topic that does
 * not exist, and a resource that the request names twice.
 */
export function alterConfigs(
  context: AlterContext,
  resource: ConfigResource,
  configs: readonly NamedValue[],
): AlterOutcome {
  const refused = malformed(configs, () => false);
  if (refused !== undefined) return refused;
  const resolved = resolve(context, resource);
  if ('errorCode' in resolved) return resolved;
  const after = new Map(configs.map(({ name, value }) => [name, value ?? '']));
  const before = configsOf(context.dynamic, resolved);
  return conclude(context, resolved, { before, after, touched: [...after.keys()] });
}

/** IncrementalAlterConfigs (KIP-339). What the caller has refused: as for `alterConfigs`. */
export function incrementalAlterConfigs(
  context: AlterContext,
  resource: ConfigResource,
  operations: readonly IncrementalOperation[],
): AlterOutcome {
  const isDelete = (index: number) => operations[index]?.configOperation === ConfigOperation.DELETE;
  const refused = malformed(operations, isDelete);
  if (refused !== undefined) return refused;
  const resolved = resolve(context, resource);
  if ('errorCode' in resolved) return resolved;
  const before = configsOf(context.dynamic, resolved);
  const after = new Map(before);
  for (const operation of operations) {
    const problem = applyOperation(after, resolved.type, operation);
    if (problem !== undefined) return problem;
  }
  const touched = operations.map(({ name }) => name);
  return conclude(context, resolved, { before, after, touched });
}
