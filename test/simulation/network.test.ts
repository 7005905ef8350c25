import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/simulation/clock.ts';
import { Network, type NetworkEvent } from '../../src/simulation/network.ts';
import { Random } from '../../src/simulation/random.ts';

function world(seed = 1) {
  const clock = new VirtualClock();
  const events: NetworkEvent[] = [];
  const network = new Network({
    clock,
    random: new Random(seed),
    emit: (event) => events.push(event),
  });
  return { clock, network, events };
}

const there = { from: 1, to: 2, plane: 'replication', label: 'there' } as const;
const back = { from: 2, to: 1, plane: 'replication', label: 'back' } as const;

test('a message is due in the instant in which it was sent, once the sender is done', () => {
  const { clock, network } = world();
  const seen: string[] = [];
  network.send(there, () => seen.push('arrived'));
  seen.push('sent');
  clock.settle();
  expect(seen).toEqual(['sent', 'arrived']);
  expect(clock.now()).toBe(0);
});

test('a cut holds what is sent and what is under way, in that direction and plane alone', () => {
  const { clock, network, events } = world();
  const seen: string[] = [];
  network.setLink(there, { latencyMs: 10 });
  network.send(there, () => seen.push('first'));
  network.setLink(there, { cut: true });
  network.send(there, () => seen.push('second'));
  network.send(back, () => seen.push('back'));
  network.send({ ...there, plane: 'controller' }, () => seen.push('other plane'));
  clock.advanceTo(100);
  expect(seen).toEqual(['back', 'other plane']);
  expect(events.filter((event) => event.type === 'message-held')).toHaveLength(2);
  network.setLink(there, { cut: false });
  clock.advanceTo(109);
  expect(seen).toHaveLength(2);
  clock.advanceTo(110);
  expect(seen.slice(2)).toEqual(['first', 'second']);
});

test('what a cut holds of a sender that has ended never comes', () => {
  const { clock, network } = world();
  const sender = { isAlive: true };
  const seen: string[] = [];
  network.setLink(there, { cut: true });
  network.send(there, () => seen.push('of the dead'), sender);
  network.send(there, () => seen.push('of the living'));
  clock.settle();
  sender.isAlive = false;
  network.heal();
  clock.advanceTo(1000);
  expect(seen).toEqual(['of the living']);
});

test('a lossy link costs retransmissions, and nothing is lost', () => {
  const { clock, network, events } = world();
  network.setLink({ from: 1, to: 2 }, { loss: 0.5 });
  let arrived = 0;
  for (let count = 0; count < 100; count++) network.send(there, () => arrived++);
  clock.settle();
  expect(arrived).toBeLessThan(20);
  clock.advanceTo(1_000_000);
  expect(arrived).toBe(100);
  const delays = events.flatMap((event) =>
    event.type === 'message-retransmitted' ? [event.delayMs] : [],
  );
  expect(delays.length).toBeGreaterThan(20);
  expect(new Set(delays)).toEqual(
    new Set([200, 600, 1400, 3000, 6200].slice(0, new Set(delays).size)),
  );
});

test('messages of one direction arrive in the order they were sent, whatever the jitter', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.nat(30), { maxLength: 50 }), (seed, pauses) => {
      const { clock, network } = world(seed);
      network.setLink({ from: 1, to: 2 }, { latencyMs: 3, jitterMs: 20 });
      const seen: number[] = [];
      pauses.forEach((pauseMs, index) => {
        clock.advanceTo(clock.now() + pauseMs);
        network.send(there, () => seen.push(index));
      });
      clock.advanceTo(clock.now() + 1000);
      expect(seen).toEqual(pauses.map((_, index) => index));
    }),
  );
});
