import { expect, test } from 'vitest';
import type { RequestOf, ResponseOf } from '../../src/broker/request-context.ts';
import type { ApiName } from '../../src/protocol/messages/index.ts';
import { ClassicConsumer } from './classic-consumer.ts';
import { Consumer, describe } from './consumer-world.ts';
import { GroupWorld, Member, stable } from './group-world.ts';

// What nobody does who means well. None of it may cost anybody else more than what was sent.

test('a static member that takes no time to join does not stop the clock', () => {
  const world = new GroupWorld();
  const patient = new ClassicConsumer(world);
  const hasty = new ClassicConsumer(world, { instanceId: 'i', rebalanceTimeoutMs: 0 });
  for (let round = 0; round < 4; round++) for (const one of [patient, hasty]) one.step();
  expect(world.state()).toBe('Stable');
  patient.leave();
  world.advance(6000);
  expect(world.state()).toBe('Empty');
});

test('a group that is named a hundred thousand times is described once', () => {
  const world = new GroupWorld();
  stable(world, [new Member(world)]);
  const names = Array.from({ length: 100_000 }, () => 'g');
  const classic = { groups: names, includeAuthorizedOperations: false };
  expect(answer(world, 'DescribeGroups', classic).groups).toHaveLength(1);
  const consumers = { groupIds: names, includeAuthorizedOperations: false };
  expect(answer(world, 'ConsumerGroupDescribe', consumers).groups).toHaveLength(1);
  const all = names.map((groupId) => ({ groupId, memberId: null, memberEpoch: -1, topics: null }));
  const request = { groupId: '', topics: [], groups: all, requireStable: false };
  expect(answer(world, 'OffsetFetch', request).groups).toHaveLength(1);
});

test('offsets of a hundred thousand groups are told in one go', () => {
  const world = new GroupWorld();
  const groups = Array.from({ length: 100_000 }, (_, index) => ({
    ...{ groupId: `g${index}`, memberId: null, memberEpoch: -1, topics: null },
  }));
  const request = { groupId: '', topics: [], groups, requireStable: false };
  expect(answer(world, 'OffsetFetch', request).groups).toHaveLength(groups.length);
});

test('a member that leaves a hundred thousand times leaves once', () => {
  const world = new GroupWorld();
  const consumer = new Consumer(world);
  consumer.join();
  const classic = new ClassicConsumer(world);
  for (let round = 0; round < 3; round++) classic.step();
  const { memberId } = classic;
  const member = { memberId, groupInstanceId: null, reason: null };
  const members = Array.from({ length: 100_000 }, () => member);
  world.ask('LeaveGroup', 5, { groupId: 'g', memberId: '', members })();
  expect(describe(world).members.map((one) => one.memberId)).toEqual([consumer.memberId]);
});

test('metadata of a megabyte is kept as long as its member is', () => {
  const world = new GroupWorld({ config: { 'group.max.size': '2' } });
  const large = 'x'.repeat(1 << 20);
  const members = [1, 2, 3, 4].map(() => new Member(world, { rebalanceTimeoutMs: 5000 }));
  const joins = members.map((member) => member.join(3, { range: large }));
  world.advance(5000);
  expect(joins.map((join) => join()?.error)).toContain('GROUP_MAX_SIZE_REACHED');
  // What does not fit into a record is refused, and the group goes on without it.
  const [, leader] = members;
  expect(leader!.sync()()).toMatchObject({ error: 'UNKNOWN_SERVER_ERROR' });
  world.advance(60_000);
  expect([world.state(), world.members()]).toEqual(['Empty', []]);
});

function answer<Api extends ApiName>(world: GroupWorld, api: Api, request: RequestOf<Api>) {
  return world.send(world.coordinator, api, request).value as ResponseOf<Api>;
}
