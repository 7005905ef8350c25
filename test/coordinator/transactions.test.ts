import { describe, expect, test } from 'vitest';
import { TransactionWorld } from './transaction-world.ts';

const minute = 60_000;
const hour = 60 * minute;

/** A record is written in an open transaction. */
function open(options: ConstructorParameters<typeof TransactionWorld>[0] = {}) {
  const world = new TransactionWorld(options);
  expect(world.init()).toBe('NONE');
  expect(world.write()()).toBe('NONE');
  return world;
}

/** Crashes a broker and waits until another leads what it led. */
function crash(world: TransactionWorld, brokerId: number): void {
  world.cluster.crash(brokerId);
  world.advance(20_000);
}

test('begin, write, commit: everything in one instant where the network takes no time', () => {
  const world = open();
  expect(world.state()).toBe('Ongoing');
  expect(world.lastStableOffset()).toBe(0);
  expect(world.end(true)).toBe('NONE');
  expect(world.state()).toBe('CompleteCommit');
  expect(world.epoch).toBe(1);
  expect(world.lastStableOffset()).toBe(2);
});

test('an open transaction is aborted when its time is up, and not before', () => {
  const world = new TransactionWorld();
  world.init(15_000);
  world.write();
  world.advance(15_000);
  expect(world.state()).toBe('Ongoing');
  world.advance(10_000);
  expect(world.state()).toBe('CompleteAbort');
  expect(world.lastStableOffset()).toBe(2);
  expect(world.write('orders', { sequence: 1 })()).toBe('INVALID_PRODUCER_EPOCH');
});

test('an id that nobody uses is forgotten, but not with an open transaction', () => {
  const config = { 'transactional.id.expiration.ms': String(2 * hour) };
  const world = new TransactionWorld({ config });
  world.init(15 * minute);
  world.advance(hour);
  expect(world.state()).toBe('Empty');
  world.advance(2 * hour);
  expect(world.state()).toBe('TRANSACTIONAL_ID_NOT_FOUND');
  expect(world.end(false)).toBe('INVALID_PRODUCER_ID_MAPPING');
  expect(world.init()).toBe('NONE');
  expect(world.epoch).toBe(0);
});

describe('the next coordinator', () => {
  test('knows an open transaction and ends it', () => {
    const world = open();
    const before = world.coordinator;
    crash(world, before);
    expect(world.coordinator).not.toBe(before);
    expect(world.state()).toBe('Ongoing');
    expect(world.end(false)).toBe('NONE');
    world.advance(1000);
    expect(world.state()).toBe('CompleteAbort');
    expect(world.lastStableOffset()).toBe(2);
  });

  test('brings to its end what was decided', () => {
    const world = new TransactionWorld();
    world.init();
    world.write('away');
    world.cluster.pause(world.away);
    expect(world.end(true)).toBe('NONE');
    expect(world.state()).toBe('PrepareCommit');
    world.cluster.crash(world.coordinator);
    world.advance(20_000);
    expect(world.state()).toBe('PrepareCommit');
    expect(world.init()).toBe('CONCURRENT_TRANSACTIONS');
    world.cluster.resume(world.away);
    world.advance(40_000);
    expect(world.state()).toBe('CompleteCommit');
    const { producers, lastStableOffset, logEndOffset } = world.log(world.away, 'away');
    expect(lastStableOffset).toBe(logEndOffset);
    expect(producers.abortedWithin(0, 9)).toEqual([]);
    expect([...producers.entries()]).toMatchObject([{ coordinatorEpoch: 1 }]);
  });

  test('forgets who was forgotten', () => {
    const config = { 'transactional.id.expiration.ms': String(hour) };
    const world = new TransactionWorld({ config });
    world.init(minute);
    world.advance(2 * hour);
    crash(world, world.coordinator);
    expect(world.state()).toBe('TRANSACTIONAL_ID_NOT_FOUND');
  });
});

test('markers wait for a leader', () => {
  const world = new TransactionWorld();
  world.init();
  world.write('away');
  world.cluster.crash(world.away);
  expect(world.end(true)).toBe('NONE');
  world.advance(20_000);
  expect(world.state()).toBe('PrepareCommit');
  world.cluster.restart(world.away);
  world.advance(1000);
  expect(world.state()).toBe('CompleteCommit');
  expect(world.lastStableOffset('away')).toBe(2);
});

test('a topic that is deleted needs no marker', () => {
  const world = new TransactionWorld();
  world.init();
  world.write('away');
  world.cluster.crash(world.away);
  expect(world.end(true)).toBe('NONE');
  world.advance(20_000);
  expect(world.state()).toBe('PrepareCommit');
  world.deleteTopic('away');
  world.advance(1000);
  expect(world.state()).toBe('CompleteCommit');
});

test('what a new leader is told comes from its own log', () => {
  const world = open();
  expect(world.end(false)).toBe('NONE');
  expect(world.write()()).toBe('NONE');
  crash(world, world.leader('orders'));
  const { producers, lastStableOffset } = world.log(world.leader('orders'), 'orders');
  expect(lastStableOffset).toBe(2);
  expect(producers.abortedWithin(0, 9)).toMatchObject([{ firstOffset: 0, lastOffset: 1 }]);
  expect(world.write('orders', { sequence: 0 })()).toBe('NONE');
  expect(world.log(world.leader('orders'), 'orders').logEndOffset).toBe(3);
});

describe('offsets in a transaction', () => {
  test('are pending at the next coordinator of the group, too', () => {
    const world = new TransactionWorld();
    world.init();
    expect(world.commitOffset(5)).toBe('NONE');
    expect(world.committedOffset()).toBe(-1);
    crash(world, world.groupCoordinator('g'));
    expect(world.committedOffset()).toBe(-1);
    expect(world.end(true)).toBe('NONE');
    world.advance(1000);
    expect(world.committedOffset()).toBe(5);
  });

  test('stay committed at the next coordinator of the group', () => {
    const world = new TransactionWorld();
    world.init();
    world.commitOffset(5);
    world.end(true);
    world.commitOffset(9);
    world.end(false);
    crash(world, world.groupCoordinator('g'));
    expect(world.committedOffset()).toBe(5);
  });

  test('are not passed over by who asks while the transaction ends', () => {
    const world = new TransactionWorld();
    const { network, brokerIds } = world.cluster;
    world.init();
    world.commitOffset(5);
    for (const from of brokerIds) {
      for (const to of brokerIds) network.setLink({ from, to }, { latencyMs: 10 });
    }
    // The answer waits for this one. When it has come the marker is there, but not committed yet.
    world.commitOtherOffset();
    const asked = world.stableOffset();
    world.advance(1);
    world.writeOffsetsMarker();
    world.advance(20);
    expect(world.committedOffset()).toBe(-1);
    expect(asked()).toBe('UNSTABLE_OFFSET_COMMIT');
    const askedAgain = world.stableOffset();
    expect(askedAgain()).toBeUndefined();
    world.advance(20);
    expect(askedAgain()).toBe(5);
  });
});

test('without enough replicas nothing is decided', () => {
  const world = open();
  for (const brokerId of world.cluster.brokerIds) {
    if (brokerId !== world.coordinator) world.cluster.crash(brokerId);
  }
  world.advance(40_000);
  expect(world.end(true)).toBe('COORDINATOR_NOT_AVAILABLE');
  expect(world.state()).toBe('Ongoing');
});

describe('a batch that comes too late (KIP-890)', () => {
  /** Its transaction was ended, and its producer does not know. */
  function late(config: Record<string, string> = {}) {
    const world = new TransactionWorld({ config });
    world.init(15_000);
    world.add('away');
    world.write('away', { version: 11 });
    world.advance(0);
    expect(world.end(false, 4)).toBe('NONE');
    return { world, write: world.write('away', { version: 11, sequence: 1 }) };
  }

  test('begins no transaction', () => {
    const { world, write } = late();
    expect(write()).toBe('TRANSACTION_ABORTABLE');
    expect(world.lastStableOffset('away')).toBe(2);
  });

  test('hangs, where nobody is asked', () => {
    const { world, write } = late({ 'transaction.partition.verification.enable': 'false' });
    expect(write()).toBe('NONE');
    world.advance(hour);
    expect(world.state()).toBe('CompleteAbort');
    expect(world.lastStableOffset('away')).toBe(2);
    expect(world.log(world.away, 'away').highWatermark).toBe(3);
  });

  test('begins none, either, if it is ended while the coordinator is asked', () => {
    const world = new TransactionWorld();
    world.init();
    world.add('away');
    const { network } = world.cluster;
    network.setLink({ from: world.coordinator, to: world.away }, { cut: true });
    const write = world.write('away', { version: 11 });
    // As `kafka-transactions abort` does it: past the coordinator.
    const { producerId, epoch: producerEpoch } = world;
    const topics = [{ name: 'away', partitionIndexes: [0] }];
    const marker = { producerId, producerEpoch, topics, coordinatorEpoch: 0 };
    const aborted = { ...marker, transactionResult: false, transactionVersion: 0 };
    world.send(world.away, 'WriteTxnMarkers', { markers: [aborted] });
    expect(write()).toBeUndefined();
    network.heal();
    world.advance(1);
    expect(write()).toBe('INVALID_TXN_STATE');
    expect(world.lastStableOffset('away')).toBe(1);
  });
});
