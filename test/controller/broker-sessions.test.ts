import { expect, test } from 'vitest';
import { BrokerSessions, fence } from '../../src/controller/broker-sessions.ts';
import { emptyMetadata, replay } from '../../src/controller/cluster-metadata.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { Clock } from '../../src/simulation/clock.ts';
import { brokers, clusterOf, endpoint, topic } from './make.ts';

/** Sessions of 300 ms over an image that takes whatever they decide. */
class Controller {
  readonly clock = new Clock();
  readonly expired: number[] = [];
  metadata = emptyMetadata;
  readonly #sessions = new BrokerSessions({
    clock: this.clock,
    sessionTimeoutMs: () => 300,
    expired: (brokerId) => {
      this.expired.push(brokerId);
      this.metadata = replay(this.metadata, fence(this.metadata, brokerId));
    },
  });

  register(brokerId: number, incarnation: number) {
    const request = { brokerId, incarnation, endpoint, rack: null };
    const { records, response } = this.#sessions.register(this.metadata, request);
    this.metadata = replay(this.metadata, records);
    return response;
  }

  heartbeat(brokerId: number, brokerEpoch: number, metadataOffset = this.metadata.offset) {
    const request = { brokerId, brokerEpoch, metadataOffset };
    const { records, response } = this.#sessions.heartbeat(this.metadata, request);
    this.metadata = replay(this.metadata, records);
    return response.errorCode;
  }

  isFenced(brokerId: number): boolean | undefined {
    return this.metadata.brokers.get(brokerId)?.fenced;
  }
}

test('a broker starts fenced, until a heartbeat shows that it knows its registration', () => {
  const controller = new Controller();
  const { brokerEpoch } = controller.register(1, 1);
  expect(controller.isFenced(1)).toBe(true);
  controller.heartbeat(1, brokerEpoch, brokerEpoch);
  expect(controller.isFenced(1)).toBe(true);
  controller.heartbeat(1, brokerEpoch, brokerEpoch + 1);
  expect(controller.isFenced(1)).toBe(false);
});

test('another process is refused while the session lasts, and has a new epoch later', () => {
  const controller = new Controller();
  const first = controller.register(1, 1);
  expect(controller.register(1, 2)).toEqual({
    errorCode: ErrorCode.DUPLICATE_BROKER_REGISTRATION,
    brokerEpoch: -1,
  });
  controller.clock.advanceTo(300);
  const second = controller.register(1, 2);
  expect(second.errorCode).toBe(ErrorCode.NONE);
  expect(second.brokerEpoch).toBeGreaterThan(first.brokerEpoch);
  expect(controller.heartbeat(1, first.brokerEpoch)).toBe(ErrorCode.STALE_BROKER_EPOCH);
});

test('the same process may present itself again, when it has not heard the answer', () => {
  const controller = new Controller();
  controller.register(1, 1);
  expect(controller.register(1, 1).errorCode).toBe(ErrorCode.NONE);
});

test('heartbeats prolong the session', () => {
  const controller = new Controller();
  const { brokerEpoch } = controller.register(1, 1);
  for (let atMs = 0; atMs <= 1000; atMs += 250) {
    controller.clock.advanceTo(atMs);
    expect(controller.heartbeat(1, brokerEpoch)).toBe(ErrorCode.NONE);
  }
  controller.clock.advanceTo(1299);
  expect(controller.isFenced(1)).toBe(false);
  controller.clock.advanceTo(1300);
  expect(controller.isFenced(1)).toBe(true);
});

test('a broker that was cut off for a while is let in again, and missed again when it ends', () => {
  const controller = new Controller();
  const { brokerEpoch } = controller.register(1, 1);
  controller.heartbeat(1, brokerEpoch);
  controller.clock.advanceTo(1000);
  expect(controller.isFenced(1)).toBe(true);
  expect(controller.heartbeat(1, brokerEpoch)).toBe(ErrorCode.NONE);
  expect(controller.isFenced(1)).toBe(false);
  expect(controller.register(1, 2).errorCode).toBe(ErrorCode.DUPLICATE_BROKER_REGISTRATION);
  controller.clock.advanceTo(2000);
  expect(controller.isFenced(1)).toBe(true);
  expect(controller.expired).toEqual([1, 1]);
});

test('a fenced broker leaves every ISR, and the next in the order of assignment leads', () => {
  const metadata = clusterOf(...brokers(3), ...topic('t', [1, 2, 3], [2, 3, 1], [3, 2]));
  const after = replay(metadata, fence(metadata, 1));
  expect(after.brokers.get(1)?.fenced).toBe(true);
  expect(after.topicsById.get('t')?.partitions).toMatchObject([
    { leader: 2, leaderEpoch: 1, partitionEpoch: 1, isr: [2, 3], replicas: [1, 2, 3] },
    { leader: 2, leaderEpoch: 0, partitionEpoch: 1, isr: [2, 3] },
    { leader: 3, leaderEpoch: 0, partitionEpoch: 0, isr: [3, 2] },
  ]);
});

test('the last member of an ISR stays in it without a leader, and leads once it is back', () => {
  const controller = new Controller();
  const { brokerEpoch } = controller.register(1, 1);
  controller.heartbeat(1, brokerEpoch);
  controller.metadata = replay(controller.metadata, topic('t', [1]));
  const partition = () => controller.metadata.topicsById.get('t')?.partitions[0];
  controller.clock.advanceTo(300);
  expect(partition()).toMatchObject({ leader: -1, leaderEpoch: 1, isr: [1] });
  const again = controller.register(1, 2);
  controller.heartbeat(1, again.brokerEpoch);
  expect(partition()).toMatchObject({ leader: 1, leaderEpoch: 2, isr: [1] });
});

test('a session that ends before its broker was ever let in changes nothing', () => {
  const controller = new Controller();
  controller.register(1, 1);
  const { offset } = controller.metadata;
  controller.clock.advanceTo(300);
  expect(controller.expired).toEqual([1]);
  expect(controller.metadata.offset).toBe(offset);
});
