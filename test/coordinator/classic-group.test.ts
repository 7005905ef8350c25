import { describe, expect, test } from 'vitest';
import { GroupWorld, Member, stable } from './group-world.ts';

const minute = 60_000;

test('members that come while an empty group waits are one generation', () => {
  const config = { 'group.initial.rebalance.delay.ms': '3000' };
  const world = new GroupWorld({ config });
  const [one, two] = [new Member(world), new Member(world)];
  const first = one.join();
  world.advance(2999);
  const second = two.join();
  world.advance(1);
  expect(first()).toBeUndefined();
  // Somebody came, so it waits once more.
  world.advance(2999);
  expect(first()).toBeUndefined();
  world.advance(1);
  expect(first()).toMatchObject({ error: 'NONE', leads: true });
  expect(second()).toMatchObject({ error: 'NONE', leads: false });
  expect(two.generationId).toBe(1);
});

test('an empty group waits at most for the rebalance timeout', () => {
  const world = new GroupWorld({ config: { 'group.initial.rebalance.delay.ms': '3000' } });
  const member = new Member(world, { rebalanceTimeoutMs: 7000 });
  const join = member.join();
  for (let second = 0; second < 7; second++) {
    expect(join()).toBeUndefined();
    new Member(world, { rebalanceTimeoutMs: 7000 }).join();
    world.advance(1000);
  }
  expect(join()).toMatchObject({ error: 'NONE' });
});

test('without a delay two that join in one instant are one generation', () => {
  const world = new GroupWorld();
  const [one, two] = [new Member(world), new Member(world)];
  expect(one.join()()).toMatchObject({ error: 'NONE' });
  const second = two.join();
  expect(one.heartbeat()).toBe('REBALANCE_IN_PROGRESS');
  one.join();
  expect(second()).toMatchObject({ error: 'NONE' });
});

test('a member that is not heard of is out after its session', () => {
  const world = new GroupWorld();
  const member = new Member(world, { sessionTimeoutMs: 10_000 });
  stable(world, [member]);
  world.advance(9999);
  expect(member.heartbeat()).toBe('NONE');
  world.advance(9999);
  expect(world.state()).toBe('Stable');
  world.advance(1);
  expect(world.state()).toBe('Empty');
  expect(member.heartbeat()).toBe('UNKNOWN_MEMBER_ID');
});

test('a commit is as good as a heartbeat', () => {
  const world = new GroupWorld();
  const member = new Member(world, { sessionTimeoutMs: 10_000 });
  stable(world, [member]);
  world.advance(9999);
  expect(world.commit(1, member)()).toBe('NONE');
  world.advance(9999);
  expect(world.state()).toBe('Stable');
});

test('a member that waits for its reply needs no heartbeat', () => {
  const world = new GroupWorld();
  const [one, two] = [new Member(world), new Member(world)];
  stable(world, [one]);
  const joining = two.join();
  one.join()();
  joining();
  const syncing = two.sync();
  for (let round = 0; round < 3; round++) {
    world.advance(9000);
    one.heartbeat();
  }
  expect(syncing()).toBeUndefined();
  one.sync({ [two.memberId]: 'two' });
  expect(syncing()).toEqual({ error: 'NONE', assignment: 'two' });
});

test('who does not join again within the rebalance timeout is out', () => {
  const world = new GroupWorld();
  const [one, two] = [
    new Member(world, { sessionTimeoutMs: minute }),
    new Member(world, { sessionTimeoutMs: minute }),
  ];
  stable(world, [one]);
  const joining = two.join();
  world.advance(29_999);
  expect(joining()).toBeUndefined();
  world.advance(1);
  expect(joining()).toMatchObject({ error: 'NONE', leads: true });
  expect(one.heartbeat()).toBe('UNKNOWN_MEMBER_ID');
});

test('a static member that does not join again stays for its session', () => {
  const world = new GroupWorld();
  const one = new Member(world, { sessionTimeoutMs: minute, groupInstanceId: 'one' });
  const two = new Member(world, { sessionTimeoutMs: minute });
  one.join(5)();
  one.sync({})();
  const joining = two.join();
  world.advance(30_000);
  const told = joining();
  expect(told).toMatchObject({ error: 'NONE', leads: true });
  expect(told!.members).toContain(one.memberId);
});

test('who does not fetch its assignment in time is out, and the others share anew', () => {
  const world = new GroupWorld();
  const one = new Member(world, { sessionTimeoutMs: minute });
  const two = new Member(world, { sessionTimeoutMs: minute });
  stable(world, [one]);
  const joining = two.join();
  one.join()();
  joining();
  expect(one.sync({})()).toMatchObject({ error: 'NONE' });
  world.advance(29_999);
  expect(one.heartbeat()).toBe('NONE');
  world.advance(1);
  expect(one.heartbeat()).toBe('REBALANCE_IN_PROGRESS');
  expect(two.heartbeat()).toBe('UNKNOWN_MEMBER_ID');
});

test('a member id that is not used holds the group up for a session at most', () => {
  const world = new GroupWorld();
  const [one, two] = [new Member(world, { sessionTimeoutMs: minute }), new Member(world)];
  stable(world, [one]);
  expect(two.join(4)()).toMatchObject({ error: 'MEMBER_ID_REQUIRED' });
  const joining = one.join();
  expect(joining()).toBeUndefined();
  world.advance(10_000);
  expect(joining()).toMatchObject({ error: 'NONE' });
});

test('a full group takes no more members, but those that it has', () => {
  const world = new GroupWorld({ config: { 'group.max.size': '1' } });
  const [one, two] = [new Member(world), new Member(world)];
  stable(world, [one]);
  expect(two.join()()).toMatchObject({ error: 'GROUP_MAX_SIZE_REACHED' });
  expect(one.join()()).toMatchObject({ error: 'NONE' });
});

test('each change of the group is one event', () => {
  const world = new GroupWorld();
  const member = new Member(world);
  stable(world, [member]);
  member.leave();
  expect(world.events.map(({ event }) => event)).toEqual([
    { type: 'member-joined', memberId: member.memberId },
    { type: 'group-state-changed', from: 'Empty', to: 'PreparingRebalance' },
    { type: 'group-state-changed', from: 'PreparingRebalance', to: 'CompletingRebalance' },
    { type: 'generation-started', generationId: 1, members: [member.memberId] },
    { type: 'group-state-changed', from: 'CompletingRebalance', to: 'Stable' },
    { type: 'member-left', memberId: member.memberId, reason: 'it left' },
    { type: 'group-state-changed', from: 'Stable', to: 'PreparingRebalance' },
    { type: 'group-state-changed', from: 'PreparingRebalance', to: 'Empty' },
  ]);
});

describe('the coordinator crashes', () => {
  test('the next one has the generation, its members and their assignments', () => {
    const world = new GroupWorld();
    const [one, two] = [new Member(world), new Member(world)];
    stable(world, [one]);
    const joining = two.join();
    one.join()();
    joining();
    one.sync({ [one.memberId]: 'a', [two.memberId]: 'b' })();
    world.cluster.crash(world.coordinator);
    world.advance(1000);
    expect(world.state()).toBe('Stable');
    expect(world.members()).toEqual([one.memberId, two.memberId]);
    expect(one.heartbeat()).toBe('NONE');
    expect(two.sync()()).toEqual({ error: 'NONE', assignment: 'b' });
  });

  test('a member that does not find the next one is out after its session', () => {
    const world = new GroupWorld();
    const member = new Member(world);
    stable(world, [member]);
    world.cluster.crash(world.coordinator);
    world.advance(1000);
    world.advance(10_000);
    expect(world.state()).toBe('Empty');
  });

  test('a rebalance that is under way begins anew', () => {
    const world = new GroupWorld();
    const [one, two] = [new Member(world), new Member(world)];
    stable(world, [one]);
    const joining = two.join();
    world.cluster.crash(world.coordinator);
    world.advance(1000);
    expect(joining()).toBeUndefined();
    expect(world.state()).toBe('Stable');
    const again = two.join();
    one.join();
    expect(again()).toMatchObject({ error: 'NONE' });
    expect(two.generationId).toBe(2);
  });

  test('a leader that loses its partition answers whoever waits', () => {
    const world = new GroupWorld();
    const [one, two] = [new Member(world), new Member(world)];
    stable(world, [one]);
    const joining = two.join();
    const before = world.coordinator;
    world.moveCoordinator();
    expect(world.coordinator).not.toBe(before);
    expect(joining()).toMatchObject({ error: 'NOT_COORDINATOR' });
    expect(one.heartbeat()).toBe('NONE');
  });
});

describe('the partition cannot be written', () => {
  const config = { 'min.insync.replicas': '2' };

  test('nobody is stable until the assignments are on enough replicas', () => {
    const world = new GroupWorld({ config });
    const member = new Member(world);
    member.join()();
    const followers = world.cluster.brokerIds.filter((id) => id !== world.coordinator);
    for (const id of followers) world.cluster.pause(id);
    const sync = member.sync({ [member.memberId]: 'all' });
    world.advance(100);
    expect(sync()).toBeUndefined();
    for (const id of followers) world.cluster.resume(id);
    world.advance(100);
    expect(sync()).toEqual({ error: 'NONE', assignment: 'all' });
  });

  test('with too few in sync a sync and a commit are refused, and nothing is lost', () => {
    const world = new GroupWorld({ config });
    const member = new Member(world, { sessionTimeoutMs: 5 * minute });
    member.join()();
    for (const id of world.cluster.brokerIds) {
      if (id !== world.coordinator) world.cluster.crash(id);
    }
    world.advance(5000);
    const sync = member.sync({ [member.memberId]: 'all' });
    expect(sync()).toMatchObject({ error: 'COORDINATOR_NOT_AVAILABLE' });
    expect(member.heartbeat()).toBe('REBALANCE_IN_PROGRESS');
  });
});
