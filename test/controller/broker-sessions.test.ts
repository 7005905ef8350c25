import { expect, test } from 'vitest';
import { fenceBroker } from '../../src/controller/broker-changes.ts';
import { BrokerSessions } from '../../src/controller/broker-sessions.ts';
import { replay } from '../../src/controller/cluster-metadata.ts';
import type { MetadataRecord } from '../../src/controller/metadata-records.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { VirtualClock } from '../../src/simulation/clock.ts';
import { clusterOf, contextOf, endpoint, topic, withElr } from './make.ts';

/** Sessions of 300 ms over an image that takes whatever they decide. */
class Controller {
  readonly clock = new VirtualClock();
  readonly expired: number[] = [];
  metadata = clusterOf(withElr);
  readonly sessions = new BrokerSessions({
    clock: this.clock,
    sessionTimeoutMs: () => 300,
    expired: (brokerId) => {
      this.expired.push(brokerId);
      this.commit(fenceBroker(contextOf(this.metadata), brokerId));
    },
  });

  commit(records: readonly MetadataRecord[]): void {
    this.metadata = replay(this.metadata, records);
  }

  register(brokerId: number, incarnation: number, previousBrokerEpoch = -1) {
    const request = { brokerId, incarnation, endpoint, rack: null, previousBrokerEpoch };
    const { records, response } = this.sessions.register(contextOf(this.metadata), request);
    this.commit(records);
    return response;
  }

  heartbeat(
    brokerId: number,
    { metadataOffset = this.metadata.offset, wantShutDown = false, brokerEpoch = -1 } = {},
  ) {
    const known = this.metadata.brokers.get(brokerId)?.brokerEpoch ?? -1;
    const epoch = brokerEpoch < 0 ? known : brokerEpoch;
    const request = { brokerId, brokerEpoch: epoch, metadataOffset, wantShutDown };
    const { records, response } = this.sessions.heartbeat(contextOf(this.metadata), request);
    this.commit(records);
    return response;
  }

  /** A broker registers, and is let in. */
  join(brokerId: number, incarnation = 1): void {
    this.register(brokerId, incarnation);
    this.heartbeat(brokerId);
  }

  isFenced(brokerId: number): boolean | undefined {
    return this.metadata.brokers.get(brokerId)?.fenced;
  }

  partition() {
    return this.metadata.topicsById.get('t')?.partitions[0];
  }
}

test('a broker starts fenced, until a heartbeat shows that it knows its registration', () => {
  const controller = new Controller();
  const { brokerEpoch } = controller.register(1, 1);
  expect(controller.isFenced(1)).toBe(true);
  controller.heartbeat(1, { metadataOffset: brokerEpoch });
  expect(controller.isFenced(1)).toBe(true);
  controller.heartbeat(1, { metadataOffset: brokerEpoch + 1 });
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
  expect(controller.heartbeat(1, first).errorCode).toBe(ErrorCode.STALE_BROKER_EPOCH);
  expect(controller.heartbeat(1, second).errorCode).toBe(ErrorCode.NONE);
});

test('the same process may ask twice, and hears the same', () => {
  const controller = new Controller();
  const first = controller.register(1, 1);
  expect(controller.register(1, 1)).toEqual(first);
});

test('heartbeats prolong the session', () => {
  const controller = new Controller();
  controller.register(1, 1);
  for (let atMs = 0; atMs <= 1000; atMs += 250) {
    controller.clock.advanceTo(atMs);
    expect(controller.heartbeat(1).errorCode).toBe(ErrorCode.NONE);
  }
  controller.clock.advanceTo(1299);
  expect(controller.isFenced(1)).toBe(false);
  controller.clock.advanceTo(1300);
  expect(controller.isFenced(1)).toBe(true);
});

test('a broker that was cut off for a while is let in again, and missed again when it ends', () => {
  const controller = new Controller();
  controller.join(1);
  controller.clock.advanceTo(1000);
  expect(controller.isFenced(1)).toBe(true);
  controller.heartbeat(1);
  expect(controller.isFenced(1)).toBe(false);
  expect(controller.register(1, 2).errorCode).toBe(ErrorCode.DUPLICATE_BROKER_REGISTRATION);
  controller.clock.advanceTo(2000);
  expect(controller.isFenced(1)).toBe(true);
  expect(controller.expired).toEqual([1, 1]);
});

test('a new active controller gives whoever was alive a session to report in', () => {
  const controller = new Controller();
  controller.join(1);
  const { metadata } = controller;
  controller.sessions.stop();
  controller.clock.advanceTo(1000);
  expect(controller.expired).toEqual([]);
  controller.sessions.start(metadata);
  controller.clock.advanceTo(1299);
  expect(controller.isFenced(1)).toBe(false);
  controller.clock.advanceTo(1300);
  expect(controller.isFenced(1)).toBe(true);
});

test('a broker that leads nothing may go at once', () => {
  const controller = new Controller();
  controller.join(1);
  expect(controller.heartbeat(1, { wantShutDown: true }).shouldShutDown).toBe(true);
  expect(controller.isFenced(1)).toBe(true);
});

test('one that leads hands over first, and goes when the others know who leads instead', () => {
  const controller = new Controller();
  controller.join(1);
  controller.join(2);
  controller.commit(topic('t', [1, 2]));
  expect(controller.heartbeat(1, { wantShutDown: true }).shouldShutDown).toBe(false);
  expect(controller.partition()).toMatchObject({ leader: 2, leaderEpoch: 1, isr: [2] });
  expect(controller.isFenced(1)).toBe(false);
  const { offset } = controller.metadata;
  controller.heartbeat(2, { metadataOffset: offset - 1 });
  expect(controller.heartbeat(1, { wantShutDown: true }).shouldShutDown).toBe(false);
  controller.heartbeat(2, { metadataOffset: offset });
  expect(controller.heartbeat(1, { wantShutDown: true }).shouldShutDown).toBe(true);
  expect(controller.isFenced(1)).toBe(true);
});

test('who hands over may not lead or be in sync again', () => {
  const controller = new Controller();
  controller.join(1);
  controller.join(2);
  controller.commit(topic('t', [1, 2]));
  controller.heartbeat(1, { wantShutDown: true });
  controller.commit(fenceBroker(contextOf(controller.metadata), 2));
  expect(controller.partition()).toMatchObject({ leader: -1, isr: [], elr: [2] });
});

test('who follows upon a clean end may lead, who does not may have lost what it had', () => {
  const restarted = (previousBrokerEpoch: (last: number) => number) => {
    const controller = new Controller();
    const { brokerEpoch } = controller.register(1, 1);
    controller.heartbeat(1);
    controller.commit(topic('t', [1]));
    controller.heartbeat(1, { wantShutDown: true });
    controller.heartbeat(1, { wantShutDown: true });
    expect(controller.partition()).toMatchObject({ leader: -1, isr: [], elr: [1] });
    controller.clock.advanceTo(1000);
    controller.register(1, 2, previousBrokerEpoch(brokerEpoch));
    const { elr } = controller.partition()!;
    controller.heartbeat(1);
    return { elr, after: controller.partition() };
  };
  const clean = restarted((last) => last);
  expect(clean.elr).toEqual([1]);
  expect(clean.after).toMatchObject({ leader: 1, isr: [1], leaderRecoveryState: 'Recovered' });
  const unclean = restarted(() => -1);
  expect(unclean.elr).toEqual([]);
  expect(unclean.after).toMatchObject({ leader: 1, isr: [1], leaderRecoveryState: 'Recovering' });
});

test('a session that ends before its broker was ever let in changes nothing', () => {
  const controller = new Controller();
  controller.register(1, 1);
  controller.clock.advanceTo(300);
  expect(controller.expired).toEqual([1]);
});
