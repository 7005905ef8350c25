import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { groupStatus } from '../../src/server/group-status.ts';
import { CommitWait, type GroupWait, LagWait, StableWait } from '../../src/server/group-wait.ts';
import { until } from '../../src/server/until.ts';
import type { World } from '../cluster/world.ts';
import { Consumer, converge } from '../coordinator/consumer-world.ts';
import { GroupWorld, Member, stable } from '../coordinator/group-world.ts';
import { TransactionWorld } from '../coordinator/transaction-world.ts';

/** Begins a wait in a world whose time stands still, and knows how often it has looked. */
function begin(world: World, wait: GroupWait, withinMs = Infinity) {
  const waiting = { isOver: false, looks: 0 };
  const holds = () => {
    waiting.looks++;
    return wait.holds();
  };
  const done = until(world.cluster.trace, holds, { withinMs, goal: wait.goal, subject: wait });
  void done.then(() => (waiting.isOver = true)).catch(() => undefined);
  return {
    done,
    /** Once all that follows from what has happened has happened. */
    async isOver() {
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      return waiting.isOver;
    },
    get looks() {
      return waiting.looks;
    },
  };
}

const waitUntilStable = (world: GroupWorld, members?: number) =>
  begin(world, new StableWait(world.cluster, 'g', members));

const waitForLag = (world: GroupWorld, lag: number, topic?: string) =>
  begin(world, new LagWait(world.cluster, 'g', lag, topic));

const waitForCommit = (world: World, partition?: number, committedOffset?: number) =>
  begin(world, new CommitWait(world.cluster, 'g', { topic: 'orders', partition, committedOffset }));

test.each([
  [true, ['5', '9']],
  [false, []],
])(
  'what is committed in a transaction is seen when that ends: committed %s',
  async (commits, told) => {
    const world = new TransactionWorld();
    const offsets: string[] = [];
    world.cluster.trace.subscribe(({ about, event }) => {
      if (about === 'g' && event.type === 'offset-committed') offsets.push(String(event.offset));
    });
    world.init();
    world.commitOffset(5);
    const waiting = waitForCommit(world, 0, 9);
    world.end(commits);
    expect(await waiting.isOver()).toBe(false);
    world.commitOffset(9);
    expect(await waiting.isOver()).toBe(false);
    world.end(commits);
    expect(await waiting.isOver()).toBe(commits);
    expect(offsets).toEqual(told);
  },
);

describe('classic groups', () => {
  test('Stable, with so many members, of a group that does not exist yet', async () => {
    const world = new GroupWorld();
    const [any, two] = [waitUntilStable(world), waitUntilStable(world, 2)];
    const [a, b] = [new Member(world), new Member(world)];
    stable(world, [a]);
    expect([await any.isOver(), await two.isOver()]).toEqual([true, false]);
    const join = b.join();
    a.join()();
    expect(join()).toMatchObject({ error: 'NONE' });
    expect([world.state(), await two.isOver()]).toEqual(['CompletingRebalance', false]);
    a.sync({ [a.memberId]: '0', [b.memberId]: '1' })();
    expect(await two.isOver()).toBe(true);
  });

  test('a commit is seen when the replicas have it, and not before', async () => {
    const world = new GroupWorld();
    const waiting = waitForCommit(world, 0, 3);
    world.commit(2)();
    expect(await waiting.isOver()).toBe(false);
    const others = world.cluster.brokerIds.filter((id) => id !== world.coordinator);
    for (const id of others) world.cluster.pause(id);
    const reply = world.commit(3);
    expect([reply(), await waiting.isOver()]).toEqual([undefined, false]);
    for (const id of others) world.cluster.resume(id);
    world.advance(100);
    expect([reply(), await waiting.isOver()]).toEqual(['NONE', true]);
  });

  test('who has read nothing and wants to read nothing has not caught up', async () => {
    const world = new GroupWorld();
    const waiting = waitForLag(world, 0);
    const member = new Member(world);
    stable(world, [member]);
    expect(await waiting.isOver()).toBe(false);
    world.commit(0, member)();
    expect(await waiting.isOver()).toBe(true);
  });

  test('a crash of the coordinator does not end a wait, nor fulfil it', async () => {
    const world = new GroupWorld();
    const member = new Member(world, { sessionTimeoutMs: 60_000 });
    stable(world, [member]);
    const waiting = waitForCommit(world, 0, 3);
    const first = world.coordinator;
    world.cluster.crash(first);
    expect(await waiting.isOver()).toBe(false);
    world.advance(20_000);
    expect(world.coordinator).not.toBe(first);
    world.commit(3, member)();
    expect(await waiting.isOver()).toBe(true);
  });
});

test('while a new leader does not know its end, nobody has caught up (KIP-207)', async () => {
  const world = new GroupWorld({ seed: 5 });
  const { cluster } = world;
  const [leader, next, other] = world.partition('orders').replicas as [number, number, number];
  expect(world.coordinator).toBe(other);
  world.commit(0)();
  for (const to of [next, leader]) {
    cluster.network.setLink({ from: other, to, plane: 'replication' }, { cut: true });
  }
  world.produce('orders', ['v'], { acks: 1 });
  world.advance(100);
  cluster.crash(leader);
  world.advance(1000);
  const waiting = waitForLag(world, 0);
  expect(world.leader('orders')).toBe(next);
  expect(groupStatus(cluster, 'g')).toMatchObject({ lag: null, offsets: [{ lag: null }] });
  expect(await waiting.isOver()).toBe(false);
  const wait = new LagWait(cluster, 'g', 0, undefined);
  const advanced = { atMs: 0, sequence: 0, node: 'broker 2', about: 'orders-0' };
  const mayEnd = () => {
    expect(wait.holds()).toBe(false);
    return wait.mayChangeBy({ ...advanced, event: { type: 'high-watermark-advanced' } });
  };
  expect(mayEnd()).toBe(true);
  for (const to of [next, leader]) {
    cluster.network.setLink({ from: other, to, plane: 'replication' }, { cut: false });
  }
  world.advance(1000);
  expect([groupStatus(cluster, 'g').lag, mayEnd(), await waiting.isOver()]).toEqual([
    1,
    false,
    false,
  ]);
  world.commit(1)();
  world.advance(1000);
  expect(await waiting.isOver()).toBe(true);
});

describe('groups of KIP-848', () => {
  test('Stable when everybody has what it is to have', async () => {
    const world = new GroupWorld();
    const waiting = waitUntilStable(world, 2);
    const [a, b] = [new Consumer(world), new Consumer(world)];
    a.join();
    world.advance(1000);
    b.join();
    expect(await waiting.isOver()).toBe(false);
    converge(world, [a, b]);
    expect(await waiting.isOver()).toBe(true);
  });

  test('a lag, and a commit of all that is there', async () => {
    const world = new GroupWorld();
    for (const partition of [0, 1]) world.produce('orders', ['v'], { partition });
    const consumer = new Consumer(world);
    const waits = [waitForLag(world, 0), waitForLag(world, 1, 'orders'), waitForCommit(world)];
    const over = () => Promise.all(waits.map((wait) => wait.isOver()));
    consumer.join();
    expect(await over()).toEqual([false, false, false]);
    const { memberId, memberEpoch: generationId } = consumer;
    const member = Object.assign(new Member(world), { memberId, generationId });
    world.commit(1, member, 0)();
    expect(await over()).toEqual([false, true, false]);
    world.commit(1, member, 1)();
    expect(await over()).toEqual([true, true, true]);
  });

  test('a topic that is subscribed to and comes later', async () => {
    const world = new GroupWorld();
    const waiting = waitForLag(world, 0, 'later');
    new Consumer(world, { topics: ['later'] }).join();
    expect(await waiting.isOver()).toBe(false);
    world.createTopic('later', [world.cluster.brokerIds]);
    expect(await waiting.isOver()).toBe(true);
  });
});

test('a topic that is deleted is nothing to be read any more', async () => {
  const world = new GroupWorld();
  world.createTopic('gone', [world.cluster.brokerIds]);
  world.produce('gone', ['v']);
  new Consumer(world, { topics: ['gone', 'orders'] }).join();
  const waiting = waitForLag(world, 0);
  expect(await waiting.isOver()).toBe(false);
  world.deleteTopic('gone');
  expect(await waiting.isOver()).toBe(true);
});

test('a group of KIP-848 as plain data', () => {
  const world = new GroupWorld();
  const consumer = new Consumer(world, { memberId: 'm', instanceId: 'i' });
  consumer.join();
  world.commit(2, Object.assign(new Member(world), { memberId: 'm', generationId: 2 }), 1)();
  const status = groupStatus(world.cluster, 'g');
  const assignment = [0, 1, 2, 3].map((partition) => ({ topic: 'orders', partition }));
  const nothing = { topic: 'orders', committedOffset: null, memberId: 'm', lag: 0 };
  const log = { logStartOffset: 0, highWatermark: 0 };
  expect(status).toEqual({
    ...{ groupId: 'g', type: 'consumer', protocolType: 'consumer', state: 'Stable' },
    ...{ coordinator: world.coordinator, epoch: 2, partitionAssignor: 'uniform', lag: 0 },
    members: [
      {
        ...{ memberId: 'm', groupInstanceId: 'i', clientId: 'test', clientHost: '/127.0.0.1' },
        ...{ subscribedTopicNames: ['orders'], assignment },
      },
    ],
    offsets: [0, 1, 2, 3].map((partition) => ({
      ...{ ...nothing, ...log, partition },
      committedOffset: partition === 1 ? 2 : null,
    })),
  });
});

test("what is none of the group's business is not looked at", async () => {
  const world = new GroupWorld();
  new Consumer(world).join();
  world.produce('orders', ['v']);
  const waits = [waitUntilStable(world, 2), waitForLag(world, 0), waitForCommit(world, 0, 9)];
  await Promise.all(waits.map((wait) => wait.isOver()));
  const before = waits.map(({ looks }) => looks);
  for (let count = 0; count < 100; count++) world.produce('orders', ['v']);
  world.advance(1000);
  await Promise.all(waits.map((wait) => wait.isOver()));
  expect(waits.map(({ looks }) => looks)).toEqual(before);
});

test('when time is up, what happened to the group is told, and nothing else', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const world = new GroupWorld();
  const { done } = begin(world, new StableWait(world.cluster, 'g', 3), 1000);
  const failed = expect(done).rejects.toThrow(
    new RegExp(
      [
        "^E_TIMEOUT: group 'g' is Stable with 3 members: not within 1000 ms. As it is, group 'g' " +
          '\\(consumer\\) is Reconciling at broker \\d with 2 members and lag 1:',
        '  member one \\(test at /127.0.0.1\\): orders-0, orders-1, orders-2, orders-3',
        "  member two \\(test at /127.0.0.1\\): nothing assigned; there is no topic 'nothing'",
        '  orders-0: never committed, 1 is its end, lag 1',
        'What happened instead \\(the last 8 of 8 events\\):',
        '  \\+0 ms  broker \\d  member-joined {"memberId":"one"}',
        '(.*\n)*  \\+1000 ms  broker \\d  member-reconciled {"memberId":"two".*}$',
      ].join('\\n'),
    ),
  );
  new Consumer(world, { memberId: 'one' }).join();
  world.advance(1000);
  world.produce('orders', ['v']);
  new Consumer(world, { memberId: 'two', topics: ['nothing', 'orders'] }).join();
  vi.advanceTimersByTime(1000);
  await failed;
});
