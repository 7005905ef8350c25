import { expect, test } from 'vitest';
import type { FetchResponse } from '../../src/protocol/messages/fetch.ts';
import { memoryAfterGc } from '../hostile/fuzz/memory.ts';
import { World } from './world.ts';

/** The memory that a topic's first batch lies in. */
function memoryOf(world: World, topic: string): WeakRef<ArrayBufferLike> {
  const read = { maxSizeBytes: 1000, untilOffset: 1, atLeastOneBatch: true };
  return new WeakRef(world.log(1, topic).read(0, read).chunks[0]!.buffer);
}

/** Reads a topic with a session that is never used again, and says which one that was. */
function readOnce(world: World, topic: string): number {
  const { topicId } = world.cluster.metadata.topicsByName.get(topic)!;
  const position = { partition: 0, currentLeaderEpoch: -1, fetchOffset: 0, lastFetchedEpoch: -1 };
  const more = { logStartOffset: -1, partitionMaxBytes: 1000, highWatermark: 2 ** 63 };
  const partitions = [{ ...position, ...more, replicaDirectoryId: topicId }];
  const { value } = world.send(1, 'Fetch', {
    ...{ clusterId: null, replicaId: -1, replicaState: null, rackId: '', isolationLevel: 0 },
    ...{ maxWaitMs: 0, minBytes: 0, maxBytes: 1000, sessionId: 0, sessionEpoch: 0 },
    topics: [{ topic: '', topicId, partitions }],
    forgottenTopicsData: [],
  });
  return (value as FetchResponse).sessionId;
}

test.each([
  ['one replica', [[1]]],
  ['three replicas', [[1, 2, 3]]],
])('nobody holds on to the memory of a deleted topic: %s', async (_name, assignments) => {
  const world = new World();
  world.createTopic('t', assignments);
  world.produce('t', ['a']);
  const memory = memoryOf(world, 't');
  expect(readOnce(world, 't')).toBeGreaterThan(0);
  world.deleteTopic('t');
  world.advance(1000);
  // What a WeakRef has shown stays until the turn is over.
  await new Promise((done) => setImmediate(done));
  memoryAfterGc();
  expect(memory.deref()).toBeUndefined();
});
