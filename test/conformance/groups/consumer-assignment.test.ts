import { expect, test } from 'vitest';
import { ConsumerGroup, untilShares } from '../harness/consumer-group.ts';
import { createPartitions } from '../harness/create-partitions.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const newGroup = () => ConsumerGroup.make(cluster());

test('a member gives up before another gets', async () => {
  const topic = await cluster().topic({ partitions: 2 });
  const group = await newGroup();
  const [one, two] = [group.member(), group.member()];
  await one.join([topic]);
  await two.join([topic]);
  expect(two.partitions(topic)).toBe('');
  await until('the first has to give one up', async () => {
    const { assignment } = await one.beat({ topicPartitions: [whole(topic)] });
    return assignment === null ? undefined : true;
  });
  expect(one.partitions(topic)).toHaveLength(1);
  // As long as it does not say that it has let go, nobody else has it.
  for (let round = 0; round < 3; round++) {
    await one.beat({ topicPartitions: [whole(topic)] });
    await two.step();
    expect(two.partitions(topic)).toBe('');
  }
  expect(await group.state()).toBe('Reconciling');
  const epoch = one.memberEpoch;
  await one.step();
  expect(one.memberEpoch).toBe(epoch + 1);
  await two.step();
  expect([one.partitions(topic), two.partitions(topic)].sort()).toEqual(['0', '1']);
  expect(await group.state()).toBe('Stable');
});

const whole = ({ id }: { id: string }) => ({ topicId: id, partitions: [0, 1] });

test('what is assigned is divided evenly, and again when somebody leaves', async () => {
  const topic = await cluster().topic({ partitions: 6 });
  const group = await newGroup();
  const members = [group.member(), group.member(), group.member()];
  for (const member of members) await member.join([topic]);
  await untilShares(members, [2, 2, 2]);
  await members[0]!.leave();
  await untilShares(members.slice(1), [3, 3]);
});

test('the uniform assignor lets everybody keep as much as it can', async () => {
  const topic = await cluster().topic({ partitions: 4 });
  const group = await newGroup();
  const [one, two, three] = [group.member(), group.member(), group.member()];
  await one.join([topic]);
  await two.join([topic]);
  await untilShares([one, two], [2, 2]);
  const [before, other] = [one.partitions(topic), two.partitions(topic)];
  await three.join([topic]);
  await untilShares([one, two, three], [1, 1, 2]);
  expect(before).toContain(one.partitions(topic));
  expect(other).toContain(two.partitions(topic));
});

test('the range assignor gives the same partitions of several topics', async () => {
  const topics = [
    await cluster().topic({ partitions: 4 }),
    await cluster().topic({ partitions: 4 }),
  ];
  const group = await newGroup();
  const members = [group.member(), group.member()];
  for (const member of members) await member.join(topics, { serverAssignor: 'range' });
  await untilShares(members, [4, 4]);
  for (const member of members) {
    const [one, other] = topics.map((topic) => member.partitions(topic));
    expect(one).toBe(other);
    expect(['0 1', '2 3']).toContain(one);
  }
  expect((await group.describe()).assignorName).toBe('range');
});

test('members of different subscriptions have what they are subscribed to', async () => {
  const [one, two] = [await cluster().topic({ partitions: 4 }), await cluster().topic()];
  const group = await newGroup();
  const [both, first] = [group.member(), group.member()];
  await both.join([one, two]);
  await first.join([one]);
  await untilShares([both, first], [2, 3]);
  expect(both.partitions(two)).toBe('0');
});

test('what it is no longer subscribed to a member gives up at once', async () => {
  const [one, two] = [await cluster().topic(), await cluster().topic()];
  const member = (await newGroup()).member();
  await member.join([one, two]);
  const changed = await member.step({ subscribedTopicNames: [two.name] });
  expect(changed.assignment!.topicPartitions).toEqual([{ topicId: two.id, partitions: [0] }]);
  await until('it is settled', async () => {
    await member.step();
    return member.memberEpoch === 3 ? true : undefined;
  });
});

test('a topic that comes later is assigned when it is there', async () => {
  const group = await newGroup();
  const [first, later] = [await cluster().topic(), await cluster().topic()];
  const member = group.member();
  await member.join([first]);
  await member.step({ subscribedTopicNames: [first.name, later.name, `${later.name}-x`] });
  await untilShares([member], [2]);
});

test('partitions that are added are assigned', async () => {
  const topic = await cluster().topic();
  const member = (await newGroup()).member();
  await member.join([topic]);
  await createPartitions(cluster(), topic.name, 3);
  await untilShares([member], [3]);
});

test('an expression stands for the topics that match it, those to come among them', async () => {
  const topic = await cluster().topic({ partitions: 2 });
  const member = (await newGroup()).member();
  const expression = `${topic.name}(-more)?`;
  const joined = await member.join([], {
    ...{ subscribedTopicNames: null, subscribedTopicRegex: expression },
  });
  // It is not known yet what it stands for.
  expect(joined).toMatchObject({ memberEpoch: 1, assignment: { topicPartitions: [] } });
  await untilShares([member], [2]);
  expect((await member.step({ subscribedTopicRegex: '' })).error).toBe('NONE');
  expect(member.owned).toEqual([]);
});

test('an expression that is none is INVALID_REGULAR_EXPRESSION', async () => {
  const member = (await newGroup()).member();
  const refused = await member.join([], {
    ...{ subscribedTopicNames: null, subscribedTopicRegex: 'a(?=b)' },
  });
  expect(refused.error).toBe('INVALID_REGULAR_EXPRESSION');
  expect(refused.errorMessage).toContain(
    'SubscribedTopicRegex `a(?=b)` is not a valid regular expression: ',
  );
  const open = await member.join([], {
    ...{ subscribedTopicNames: null, subscribedTopicRegex: '[a' },
  });
  expect(open.errorMessage).toBe(
    'SubscribedTopicRegex `[a` is not a valid regular expression: missing closing ].',
  );
});
