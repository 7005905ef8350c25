import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Consumer, converge, describe } from './consumer-world.ts';
import { GroupWorld } from './group-world.ts';

type Step =
  | { readonly type: 'join' | 'beat' | 'leave' | 'die' | 'lose-reply'; readonly who: number }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'crash' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constantFrom('join', 'beat', 'beat', 'beat', 'leave', 'die', 'lose-reply'),
      who: fc.nat(4),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      ms: fc.constantFrom(10, 1000, 6000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('crash' as const) }) },
);

/** By its own account; whoever is dead or was thrown out and has not heard of it owns no more. */
function owners(world: GroupWorld, consumers: ReadonlyMap<number, Consumer>): string[] {
  const members = new Set(describe(world).members.map(({ memberId }) => memberId));
  return [...consumers.values()]
    .filter(({ memberId }) => members.has(memberId))
    .flatMap(({ owned }) => owned.flatMap(({ partitions }) => partitions.map(String)));
}

function play(world: GroupWorld, consumers: Map<number, Consumer>, one: Step): void {
  if (one.type === 'wait') world.advance(one.ms);
  else if (one.type === 'crash') crash(world);
  else if (one.type === 'join') {
    if (consumers.has(one.who)) return;
    const consumer = new Consumer(world);
    if (consumer.join() === 'NONE') consumers.set(one.who, consumer);
  } else {
    const consumer = consumers.get(one.who);
    if (consumer === undefined) return;
    if (one.type === 'beat') beat(consumers, one.who);
    else if (one.type === 'lose-reply') consumer.loseReply();
    else {
      if (one.type === 'leave') consumer.leave();
      consumers.delete(one.who);
    }
  }
}

function crash(world: GroupWorld): void {
  const { coordinator } = world;
  world.cluster.crash(coordinator);
  world.advance(3000);
  world.cluster.restart(coordinator);
  world.advance(3000);
}

/** A client that is told that it is none drops everything and joins again. */
function beat(consumers: Map<number, Consumer>, who: number): void {
  const consumer = consumers.get(who)!;
  const error = consumer.step();
  if (error === 'UNKNOWN_MEMBER_ID' || error === 'FENCED_MEMBER_EPOCH') consumer.join();
}

test('no partition ever has two owners, and in the end each has one', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
      const world = new GroupWorld({ brokers: 3 });
      const consumers = new Map<number, Consumer>();
      for (const one of steps) {
        play(world, consumers, one);
        const all = owners(world, consumers);
        expect(new Set(all).size).toBe(all.length);
      }
      if (consumers.size === 0) play(world, consumers, { type: 'join', who: 0 });
      // Whoever died without a word is out when his session has ended.
      for (let round = 0; round < 10; round++) {
        world.advance(5000);
        for (const who of consumers.keys()) beat(consumers, who);
      }
      converge(world, [...consumers.values()]);
      expect(owners(world, consumers).sort()).toEqual(['0', '1', '2', '3']);
    }),
    { numRuns: 15 },
  );
});
