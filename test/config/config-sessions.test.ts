import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type AlterOutcome,
  alterConfigs,
  createTopicConfigs,
  incrementalAlterConfigs,
} from '../../src/config/alter-configs.ts';
import { brokerConfiguration } from '../../src/config/broker-configuration.ts';
import type { ConfigResource, ConfigResourceType } from '../../src/config/config-resource.ts';
import { createdTopicConfigs } from '../../src/config/created-topic-configs.ts';
import {
  describeBrokerConfigs,
  describeBrokerDefaultConfigs,
  describeClientMetricsConfigs,
  describeGroupConfigs,
  describeTopicConfigs,
} from '../../src/config/describe-configs.ts';
import {
  applyConfigChanges,
  type ConfigMap,
  configsOf,
  type DynamicConfigs,
  noDynamicConfigs,
} from '../../src/config/dynamic-configs.ts';
import type { ConfigStep } from './config-step.ts';

/** Error codes of the callers: what they refuse never comes down to src/config. */
const refusedAbove = [3, 17];

function sessionOf(name: string): { static: Record<string, string>; steps: ConfigStep[] } {
  const url = new URL(`../fixtures/configs/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);

/** The part of an answer that src/config is responsible for, from our own functions. */
class Replay {
  readonly #static: ConfigMap;
  #dynamic: DynamicConfigs;

  constructor(staticConfigs: Readonly<Record<string, string>>) {
    this.#static = new Map(Object.entries({ ...staticConfigs, 'broker.id': '1' }));
    // with ELR, Kafka's controller writes this one when the cluster is new (KIP-966)
    const change = { resourceType: 4, resourceName: '', name: 'min.insync.replicas' } as const;
    const value = staticConfigs['min.insync.replicas'] ?? '1';
    this.#dynamic = applyConfigChanges(noDynamicConfigs, [{ ...change, value }]);
  }

  answer(step: ConfigStep): unknown {
    const broker = brokerConfiguration(1, this.#static, this.#dynamic);
    const context = { broker, dynamic: this.#dynamic, eligibleLeaderReplicas: true };
    const resource: ConfigResource = {
      type: (step.type ?? 2) as ConfigResourceType,
      name: step.name,
    };
    switch (step.do) {
      case 'describe':
        return this.#describe(resource, step.keys);
      case 'create': {
        const configs = step.configs.map(([name, value]) => ({ name, value }));
        const outcome = createTopicConfigs(broker, step.name, configs);
        const answer = this.#apply(step, outcome);
        if (!('changes' in outcome)) return { ...answer, configs: [] };
        const own = new Map(outcome.changes.map(({ name, value }) => [name, value ?? '']));
        const told = createdTopicConfigs(broker, own).filter(
          ({ configSource }) => configs.length === 0 || configSource !== 5,
        );
        return { ...answer, configs: told };
      }
      case 'alter': {
        const configs = step.configs.map(([name, value]) => ({ name, value }));
        return this.#apply(step, alterConfigs(context, resource, configs));
      }
      case 'incremental': {
        const operations = step.configs.map(([name, configOperation, value]) => ({
          ...{ name, configOperation, value },
        }));
        return this.#apply(step, incrementalAlterConfigs(context, resource, operations));
      }
    }
  }

  #apply({ validateOnly, answer }: ConfigStep, outcome: AlterOutcome) {
    if (!('changes' in outcome)) return { ...outcome };
    if (!validateOnly && answer.errorCode === 0)
      this.#dynamic = applyConfigChanges(this.#dynamic, outcome.changes);
    return { errorCode: 0, errorMessage: null };
  }

  #describe(resource: ConfigResource, keys: readonly string[] | null) {
    const query = { keys, includeSynonyms: true, includeDocumentation: false };
    const broker = brokerConfiguration(1, this.#static, this.#dynamic);
    const own = configsOf(this.#dynamic, resource);
    const described = () => {
      switch (resource.type) {
        case 2:
          return describeTopicConfigs(broker, own, query);
        case 4:
          return resource.name === ''
            ? describeBrokerDefaultConfigs(this.#dynamic, query)
            : describeBrokerConfigs(broker, query);
        case 16:
          return describeClientMetricsConfigs(own, query);
        default:
          return describeGroupConfigs(broker, own, query);
      }
    };
    return { errorCode: 0, errorMessage: '', configs: [...described()].sort(byName) };
  }
}

/** Version 4 of the answer does not carry `isDefault`. */
function onTheWire(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer, (key, value) => (key === 'isDefault' ? undefined : value)),
  );
}

describe.each(['plain', 'configured'])('what Apache Kafka 4.3.1 answers, %s', (name) => {
  const session = sessionOf(`kafka-4.3.1-${name}`);
  const replay = new Replay(session.static);
  const answered = session.steps.map((step, index) => {
    const { answer, differs, ...question } = step;
    const ours =
      refusedAbove.includes(answer.errorCode) || (step.do === 'describe' && answer.errorCode !== 0)
        ? answer
        : onTheWire(replay.answer(step));
    return { title: `${index} ${JSON.stringify(question)}`, answer, ours, differs };
  });

  test.each(answered.filter(({ differs }) => differs === undefined))('$title', (step) => {
    expect(step.ours).toEqual(onTheWire(step.answer));
  });

  test('where Odradek differs, it does', () => {
    const same = answered.filter(
      ({ ours, answer, differs }) =>
        differs !== undefined && JSON.stringify(ours) === JSON.stringify(answer),
    );
    expect(same.map(({ title }) => title)).toEqual([]);
  });
});
