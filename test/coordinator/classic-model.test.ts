import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GroupWorld, Member } from './group-world.ts';

const topicPartitions = [0, 1, 2, 3];
const joinAgain: readonly string[] = [
  'REBALANCE_IN_PROGRESS',
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'NOT_COORDINATOR',
  'COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'MEMBER_ID_REQUIRED',
];

type Waiting<T> = (() => T | undefined) | undefined;

/**
 * A consumer as simple as can be: it joins, fetches its assignment, and sends heartbeats until it
 * is told to join again. What it believes to own is what the invariants look at.
 */
class Consumer {
  readonly member: Member;
  owned: readonly number[] = [];
  running = false;
  #join: Waiting<{ error: string; leads: boolean; members: readonly string[] }>;
  #sync: Waiting<{ error: string; assignment: string }>;

  constructor(world: GroupWorld) {
    this.member = new Member(world, { sessionTimeoutMs: 6000, rebalanceTimeoutMs: 6000 });
  }

  get isWaiting(): boolean {
    return this.#join !== undefined || this.#sync !== undefined;
  }

  /** Whatever it waits for will not come: its connection is gone. */
  lose(): void {
    this.#join = undefined;
    this.#sync = undefined;
  }

  stop(): void {
    this.lose();
    this.running = false;
    this.owned = [];
  }

  step(): void {
    if (!this.running) return;
    if (this.#join !== undefined) this.#joined();
    else if (this.#sync !== undefined) this.#synced();
    else if (this.owned.length === 0 || this.member.heartbeat() !== 'NONE') this.#startJoin();
  }

  #startJoin(): void {
    this.owned = []; // eager: it lets go of all before it asks for some
    this.#join = this.member.join(4);
    this.#joined();
  }

  #joined(): void {
    const told = this.#join?.();
    if (told === undefined) return;
    this.#join = undefined;
    if (told.error !== 'NONE') {
      expect(joinAgain).toContain(told.error);
      if (told.error === 'UNKNOWN_MEMBER_ID') this.member.memberId = '';
      return;
    }
    const shares = told.leads ? share(told.members) : {};
    this.#sync = this.member.sync(shares);
    this.#synced();
  }

  #synced(): void {
    const told = this.#sync?.();
    if (told === undefined) return;
    this.#sync = undefined;
    if (told.error !== 'NONE') expect(joinAgain).toContain(told.error);
    else this.owned = told.assignment === '' ? [] : told.assignment.split(',').map(Number);
  }
}

function share(members: readonly string[]): Record<string, string> {
  const shares = members.map((memberId, index) => [
    memberId,
    topicPartitions.filter((partition) => partition % members.length === index).join(),
  ]);
  return Object.fromEntries(shares);
}

const who = fc.nat(3);
const command = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('step' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('start' as const), who }) },
  fc.record({ do: fc.constant('leave' as const), who }),
  fc.record({ do: fc.constant('vanish' as const), who }),
  fc.record({ do: fc.constant('lose' as const), who }),
  fc.record({ do: fc.constant('commit' as const), who }),
  fc.record({ do: fc.constant('crash' as const), who }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 4000 }) }),
);
const commands = fc.array(command, { minLength: 5, maxLength: 40, size: 'max' });
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** A run of the group, and what must hold of it whatever happens. */
class Run {
  readonly world = new GroupWorld();
  readonly consumers = [0, 1, 2, 3].map(() => new Consumer(this.world));
  #committed = -1;

  apply(one: Command): void {
    if (one.do === 'wait') this.world.advance(one.ms);
    else if (one.do === 'crash') this.#crash();
    else this.#act(one.do, this.consumers[one.who]!);
    this.check();
  }

  /** Nobody is lost any more: the group becomes stable, and every partition has an owner. */
  settle(): void {
    for (let round = 0; round < 40 && !this.#isSettled(); round++) {
      this.world.advance(500);
      for (const consumer of this.consumers) consumer.step();
      this.check();
    }
    expect(this.#isSettled()).toBe(true);
  }

  /** One owner for each partition within a generation; what was committed is kept. */
  check(): void {
    const members = new Set(this.world.members());
    const current = this.consumers.filter(({ member }) => members.has(member.memberId));
    const newest = Math.max(...current.map(({ member }) => member.generationId), 0);
    const owned = current
      .filter(({ member }) => member.generationId === newest)
      .flatMap((consumer) => consumer.owned);
    expect(new Set(owned).size).toBe(owned.length);
    expect(this.world.committed()).toBe(this.#committed);
  }

  #act(what: 'step' | 'start' | 'leave' | 'vanish' | 'lose' | 'commit', consumer: Consumer): void {
    if (what === 'step') consumer.step();
    else if (what === 'lose') consumer.lose();
    else if (what === 'vanish') consumer.stop();
    else if (what === 'start') consumer.running = true;
    else if (what === 'commit') this.#commit(consumer);
    else {
      if (consumer.member.memberId !== '') consumer.member.leave();
      consumer.stop();
      consumer.member.memberId = '';
    }
  }

  #commit(consumer: Consumer): void {
    const offset = this.#committed + 1;
    if (this.world.commit(offset, consumer.member)() === 'NONE') this.#committed = offset;
  }

  /** One at a time, and it is back before the next. */
  #crash(): void {
    const { coordinator, cluster } = this.world;
    cluster.crash(coordinator);
    for (const consumer of this.consumers) consumer.lose();
    this.world.advance(1000);
    cluster.restart(coordinator);
    this.world.advance(1000);
  }

  #isSettled(): boolean {
    const running = this.consumers.filter((consumer) => consumer.running);
    const state = this.world.state();
    if (running.length === 0) return this.world.members().length === 0;
    const owned = running.flatMap((consumer) => consumer.owned).sort();
    return state === 'Stable' && owned.join() === topicPartitions.join();
  }
}

test('whoever comes, goes, is lost, or crashes: one owner each, and it ends stable', () => {
  fc.assert(
    fc.property(commands, (some) => {
      const run = new Run();
      for (const consumer of run.consumers.slice(0, 2)) consumer.running = true;
      for (const one of some) run.apply(one);
      run.settle();
    }),
    { numRuns: 60 },
  );
});
