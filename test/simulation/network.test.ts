import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Clock } from '../../src/simulation/clock.ts';
import { Network, type NetworkEvent } from '../../src/simulation/network.ts';
import { Random } from '../../src/simulation/random.ts';

function world(seed = 1) {
  const clock = new Clock();
  const events: NetworkEvent[] = [];
  const network = new Network({
    clock,
    random: new Random(seed),
    emit: (event) => events.push(event),
  });
  return { clock, network, events };
}

test('a message is due in the instant in which it was sent, once the sender is done', () => {
  const { clock, network } = world();
  const seen: string[] = [];
  network.send(1, 2, 'hello', () => seen.push('arrived'));
  seen.push('sent');
  clock.settle();
  expect(seen).toEqual(['sent', 'arrived']);
  expect(clock.now()).toBe(0);
});

test('a cut loses what is sent and what is under way, in that direction alone', () => {
  const { clock, network, events } = world();
  const seen: string[] = [];
  network.setLink(1, 2, { latencyMs: 10 });
  network.send(1, 2, 'first', () => seen.push('first'));
  network.setLink(1, 2, { cut: true });
  network.send(1, 2, 'second', () => seen.push('second'));
  network.send(2, 1, 'back', () => seen.push('back'));
  clock.advanceTo(100);
  expect(seen).toEqual(['back']);
  const dropped = events.filter((event) => event.type === 'message-dropped');
  expect(dropped.map((event) => event.label)).toEqual(['second', 'first']);
});

test('messages of one direction arrive in the order they were sent, whatever the jitter', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.nat(30), { maxLength: 50 }), (seed, pauses) => {
      const { clock, network } = world(seed);
      network.setLink(1, 2, { latencyMs: 3, jitterMs: 20 });
      const seen: number[] = [];
      pauses.forEach((pauseMs, index) => {
        clock.advanceTo(clock.now() + pauseMs);
        network.send(1, 2, 'message', () => seen.push(index));
      });
      clock.advanceTo(clock.now() + 1000);
      expect(seen).toEqual(pauses.map((_, index) => index));
    }),
  );
});
