import { expect, test } from 'vitest';
import type { ResponseOf } from '../../src/broker/request-context.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { World } from '../cluster/world.ts';

const { NONE, OFFSET_NOT_AVAILABLE, LEADER_NOT_AVAILABLE } = ErrorCode;
const [latest, earliest] = [-1, -2];

/** Broker 2 leads what it cannot commit: offset 1, of which it does not know whether it is. */
function newLeader(): World {
  const world = new World();
  const dated = { 'message.timestamp.type': 'LogAppendTime' };
  world.createTopic('t', [[1, 2, 3]], { 'min.insync.replicas': '3', ...dated });
  world.produce('t', ['a']);
  world.cluster.crash(3);
  world.advance(1000);
  world.produce('t', ['b'], { acks: 1 });
  world.cluster.crash(1);
  world.advance(1000);
  expect(world.partition('t')).toMatchObject({ leader: 2, isr: [2] });
  expect(world.log(2, 't')).toMatchObject({ highWatermark: 1, logEndOffset: 2 });
  return world;
}

/** As a consumer at broker 2, or as the replica of another broker. */
function list(world: World, timestamp: number, { version = 11, replicaId = -1 } = {}) {
  const partitions = [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp }];
  const topics = [{ name: 't', partitions }];
  const request = { replicaId, isolationLevel: 0, topics, timeoutMs: 0 };
  const reply = world.send(2, 'ListOffsets', request, version).value;
  const found = (reply as ResponseOf<'ListOffsets'>).topics[0]!.partitions[0]!;
  return [found.errorCode, found.offset];
}

test('a new leader does not say what it cannot know: where what is committed ends', () => {
  const world = newLeader();
  expect(list(world, latest)).toEqual([OFFSET_NOT_AVAILABLE, -1]);
  expect(list(world, latest, { version: 4 })).toEqual([LEADER_NOT_AVAILABLE, -1]);
  expect(list(world, world.cluster.clock.now() + 1)).toEqual([OFFSET_NOT_AVAILABLE, -1]);
});

test('what it knows it says: what is below, and to a replica where its log ends', () => {
  const world = newLeader();
  expect(list(world, earliest)).toEqual([NONE, 0]);
  expect(list(world, 0)).toEqual([NONE, 0]);
  expect(list(world, latest, { replicaId: 3 })).toEqual([NONE, 2]);
});
