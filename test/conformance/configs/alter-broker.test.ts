import { describe, expect, test } from 'vitest';
import {
  describeConfigs,
  incrementalAlterConfigs,
  operation,
  resource,
  source,
} from '../harness/configs.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const type = resource.broker;
/** Of all configs those that nothing else in the suite may notice. */
const ofOne = 'log.cleaner.io.buffer.size';
const ofAll = 'log.cleaner.delete.retention.ms';

/** Sets or takes back one config; what is one broker's is asked of that broker. */
async function change(name: string, key: string, value: string | null, kind = operation.set) {
  const changed = [{ type, name, configs: [[key, value, kind]] as const }];
  const brokerId = cluster().brokerIds.find((id) => String(id) === name);
  const results = await incrementalAlterConfigs(
    cluster(),
    changed,
    brokerId === undefined ? {} : { brokerId },
  );
  expect(results).toHaveLength(1);
  return results[0]!;
}

/** A config as this broker tells it, once it has that value from there. */
async function untilTold(brokerId: number, key: string, value: string, configSource: number) {
  return await until(`broker ${brokerId} has ${key}=${value} from ${configSource}`, async () => {
    const asked = [{ type, name: String(brokerId), keys: [key] }];
    const options = { brokerId, includeSynonyms: true };
    const [result] = await describeConfigs(cluster(), asked, options);
    const config = result!.configs[key];
    return config?.value === value && config.configSource === configSource ? config : undefined;
  });
}

test('a config of one broker: set, told with its synonyms, and taken back', async () => {
  const brokerId = cluster().brokerIds[1]!;
  const name = String(brokerId);
  expect(await change(name, ofOne, '500000')).toMatchObject({
    error: 'NONE',
    errorMessage: null,
    resourceType: type,
    resourceName: name,
  });
  const { synonyms } = await untilTold(brokerId, ofOne, '500000', source.broker);
  expect(synonyms).toEqual([
    { name: ofOne, value: '500000', source: source.broker },
    { name: ofOne, value: '524288', source: source.byDefault },
  ]);
  await untilTold(cluster().brokerIds[0]!, ofOne, '524288', source.byDefault);
  expect(await change(name, ofOne, null, operation.delete)).toMatchObject({ error: 'NONE' });
  await untilTold(brokerId, ofOne, '524288', source.byDefault);
});

test('a config of all brokers: resource name ""', async () => {
  expect(await change('', ofAll, '86300000')).toMatchObject({ error: 'NONE', resourceName: '' });
  for (const brokerId of cluster().brokerIds) {
    await untilTold(brokerId, ofAll, '86300000', source.allBrokers);
  }
  const [defaults] = await describeConfigs(cluster(), [{ type, name: '' }]);
  expect(defaults!.configs[ofAll]).toMatchObject({
    value: '86300000',
    configSource: source.allBrokers,
  });
  await change('', ofAll, null, operation.delete);
  for (const brokerId of cluster().brokerIds) {
    await untilTold(brokerId, ofAll, '86400000', source.byDefault);
  }
});

describe('what cannot be changed', () => {
  test('a config that is read-only is INVALID_REQUEST', async () => {
    const name = String(cluster().brokerIds[0]);
    const result = await change(name, 'num.partitions', '5');
    expect(result).toMatchObject({ error: 'INVALID_REQUEST', errorMessage: expect.any(String) });
  });

  test('a wrong value is INVALID_REQUEST', async () => {
    const name = String(cluster().brokerIds[0]);
    const result = await change(name, ofOne, 'soon');
    expect(result).toMatchObject({ error: 'INVALID_REQUEST', errorMessage: expect.any(String) });
  });

  test.each(['77', '2'])('broker %s through another one is INVALID_REQUEST', async (name) => {
    const changed = [{ type, name, configs: [[ofOne, '500000']] as const }];
    const brokerId = cluster().brokerIds[0]!;
    expect(await incrementalAlterConfigs(cluster(), changed, { brokerId })).toMatchObject([
      { error: 'INVALID_REQUEST', resourceName: name, errorMessage: expect.any(String) },
    ]);
  });

  test('a broker name that is no number is INVALID_REQUEST', async () => {
    const result = await change('one', ofOne, '500000');
    expect(result).toMatchObject({ error: 'INVALID_REQUEST', errorMessage: expect.any(String) });
  });
});
