import { expect, test } from 'vitest';
import {
  describeConfigs,
  incrementalAlterConfigs,
  operation,
  resource,
} from '../harness/configs.ts';
import { ConsumerGroup } from '../harness/consumer-group.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const type = resource.group;
const interval = 'consumer.heartbeat.interval.ms';

test('a heartbeat interval of its own is told to the members of a group', async () => {
  const { group, ...rest } = await changed([[interval, '6000']]);
  expect(rest.answer).toMatchObject([{ error: 'NONE', resourceType: type }]);
  const topic = await cluster().topic();
  const member = group.member();
  await member.join([topic]);
  await until('the config has come round', async () =>
    (await member.beat()).heartbeatIntervalMs === 6000 ? true : undefined,
  );
});

test('it is described as a config of the group, and goes when it is deleted', async () => {
  const { id, group } = await changed([[interval, '6000']]);
  const described = async () => {
    const [result] = await describeConfigs(cluster(), [{ type, name: id, keys: [interval] }]);
    return result!.configs[interval]?.value;
  };
  await until('the config is there', async () => ((await described()) === '6000' ? 1 : undefined));
  const configs = [[interval, null, operation.delete]] as const;
  await incrementalAlterConfigs(cluster(), [{ type, name: id, configs }]);
  await until('it is gone', async () => ((await described()) === '5000' ? 1 : undefined));
  await group.member().join([await cluster().topic()]);
});

test.each([
  ['a heartbeat interval below the least', interval, '1'],
  ['a session timeout above the most', 'consumer.session.timeout.ms', '600000'],
  ['what is no number', interval, 'often'],
  ['what is no config of a group', 'retention.ms', '1000'],
])('%s is INVALID_CONFIG', async (_, name, value) => {
  const { answer } = await changed([[name, value]]);
  expect(answer).toMatchObject([{ error: 'INVALID_CONFIG' }]);
});

test('a group that has no name has no configs', async () => {
  const configs = [[interval, '6000']] as const;
  const answer = await incrementalAlterConfigs(cluster(), [{ type, name: '', configs }]);
  expect(answer).toMatchObject([{ error: 'INVALID_REQUEST' }]);
});

async function changed(configs: readonly (readonly [name: string, value: string])[]) {
  const group = await ConsumerGroup.make(cluster());
  const { id } = group.group;
  const answer = await incrementalAlterConfigs(cluster(), [{ type, name: id, configs }]);
  return { id, group, answer };
}
