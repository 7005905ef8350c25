import { expect, test } from 'vitest';
import { World } from '../cluster/world.ts';

/** A cluster with a topic of three partitions without followers, of which nobody has asked yet. */
function asleep() {
  const world = new World();
  world.createTopic('t', [[1], [2], [1]]);
  const { topicId } = world.cluster.metadata.topicsByName.get('t')!;
  const told = (type: string) =>
    world.cluster.trace
      .recent()
      .filter(({ event, about }) => event.type === type && about.startsWith('t-'))
      .map(({ node, about }) => `${node} ${about}`);
  return { world, topicId, told };
}

test('a partition that nobody has asked for leads all the same', () => {
  const { world, told } = asleep();
  const all = ['broker 1 t-0', 'broker 1 t-2', 'broker 2 t-1'];
  expect(told('became-leader').sort()).toEqual(all);
  world.produce('t', ['a'], { partition: 2 });
  expect(world.log(1, 't', 2).logEndOffset).toBe(1);
  expect(told('became-leader').sort()).toEqual(all);
});

test('a deleted topic says so of each of its partitions', () => {
  const { world, topicId, told } = asleep();
  world.log(1, 't', 0);
  world.deleteTopic('t');
  expect(told('deleted').sort()).toEqual(['broker 1 t-0', 'broker 1 t-2', 'broker 2 t-1']);
  expect(world.cluster.broker(1)!.replicas.partition(topicId, 2)).toBeUndefined();
});

test('whoever asks for all partitions gets those, too', () => {
  const { world } = asleep();
  const names = [...world.cluster.broker(1)!.replicas.partitions()].map((p) => p.identity.name);
  expect(names.sort()).toEqual(['t-0', 't-2']);
});

test('a restarted broker leads it in a new epoch', () => {
  const { world, told } = asleep();
  world.cluster.crash(1);
  world.advance(20_000);
  world.cluster.restart(1);
  world.advance(20_000);
  world.produce('t', ['a']);
  expect(world.log(1, 't', 0).logEndOffset).toBe(1);
  expect(told('became-leader').filter((line) => line === 'broker 1 t-0')).toHaveLength(2);
});
