import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClassicConsumer } from './classic-consumer.ts';
import { GroupWorld } from './group-world.ts';

const rebalanceTimeoutMs = 10_000;
/** Dynamic members and static ones; some are out sooner than the others wait for them. */
const kinds = [
  { instanceId: null, sessionTimeoutMs: 6000 },
  { instanceId: null, sessionTimeoutMs: 30_000 },
  { instanceId: 'a', sessionTimeoutMs: 6000 },
  { instanceId: 'b', sessionTimeoutMs: 30_000 },
];
/** A session, and before it a join phase and a wait for the leader's assignment. */
const longestSilenceMs = 30_000 + 2 * rebalanceTimeoutMs;

/** At times so long that who does not join is not waited for any more. */
const waits = fc.oneof(fc.integer({ min: 1, max: 7000 }), fc.constant(rebalanceTimeoutMs));
const who = fc.nat(3);
const command = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('step' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('everybody' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('start', 'leave', 'vanish', 'restart', 'lose', 'commit' as const),
      who,
    }),
  },
  fc.record({ do: fc.constantFrom('crash' as const, 'move' as const, 'grow' as const) }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: waits }) },
);
const commands = fc.array(command, { minLength: 5, maxLength: 40, size: 'max' });
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** A run of the group, and what must hold of it whatever happens. */
class Run {
  readonly world = new GroupWorld();
  readonly consumers = kinds.map(
    (kind) => new ClassicConsumer(this.world, { ...kind, rebalanceTimeoutMs }),
  );
  /** When each member was heard of, or first seen. */
  readonly #heardAtMs = new Map<string, number>();
  #committed = -1;
  #generationId = 0;
  #writtenGenerationId = 0;

  apply(one: Command): void {
    if (one.do === 'wait') this.world.advance(one.ms);
    else if (one.do === 'everybody') this.#everybody();
    else if (one.do === 'crash') this.#crash();
    else if (one.do === 'move') this.#move();
    else if (one.do === 'grow') this.#grow();
    else if ('who' in one) this.#act(one.do, this.consumers[one.who]!);
    this.check();
  }

  /** Nobody is lost any more: the group becomes stable, and every partition has an owner. */
  settle(): void {
    for (let round = 0; round < 160 && !this.#isSettled(); round++) {
      this.world.advance(500);
      this.#everybody();
      this.check();
    }
    expect(this.#isSettled()).toBe(true);
  }

  /** One owner for each partition in a generation, and what was committed is kept. */
  check(): void {
    const owned = this.#newestGeneration().flatMap((consumer) => consumer.owned);
    expect(new Set(owned).size).toBe(owned.length);
    expect(this.world.committed()).toBe(this.#committed);
    const members = this.world.members();
    this.#checkSilence(members);
    this.#checkGenerations();
    for (const { isParked, memberId } of this.consumers) {
      if (isParked && memberId !== '') expect(members).toContain(memberId);
    }
  }

  /** Nobody stays who is not heard of. */
  #checkSilence(members: readonly string[]): void {
    const nowMs = this.world.cluster.clock.now();
    for (const memberId of members) {
      const heardAtMs = this.#heardAtMs.get(memberId) ?? nowMs;
      this.#heardAtMs.set(memberId, heardAtMs);
      expect(nowMs - heardAtMs).toBeLessThanOrEqual(longestSilenceMs);
    }
  }

  /** Each has a number of its own, but those that a coordinator takes to its grave. */
  #checkGenerations(): void {
    for (const { event } of this.world.events.splice(0)) {
      const isWritten = event.type === 'group-state-changed' && event.to === 'Stable';
      if (isWritten) this.#writtenGenerationId = this.#generationId;
      if (event.type !== 'generation-started') continue;
      expect(event.generationId).toBeGreaterThan(this.#generationId);
      this.#generationId = event.generationId;
    }
  }

  #newestGeneration(): ClassicConsumer[] {
    const members = new Set(this.world.members());
    const current = this.consumers.filter(({ memberId }) => members.has(memberId));
    const newest = Math.max(...current.map(({ generationId }) => generationId));
    return current.filter(({ generationId }) => generationId === newest);
  }

  #act(what: string, consumer: ClassicConsumer): void {
    if (what === 'step') this.#step(consumer);
    else if (what === 'start') consumer.running = true;
    else if (what === 'vanish') consumer.stop();
    else if (what === 'restart') consumer.restart();
    else if (what === 'lose') consumer.lose();
    else if (what === 'commit') this.#commit(consumer);
    else if (consumer.memberId !== '') consumer.leave();
  }

  #everybody(): void {
    for (const consumer of this.consumers) this.#step(consumer);
  }

  #step(consumer: ClassicConsumer): void {
    if (consumer.running) consumer.step();
    if (consumer.running) this.#heard(consumer);
  }

  /** Whoever waits for his reply is there. */
  #heard({ memberId }: ClassicConsumer): void {
    this.#heardAtMs.set(memberId, this.world.cluster.clock.now());
  }

  /** Only who is in the newest generation may. */
  #commit(consumer: ClassicConsumer): void {
    const newest = this.#newestGeneration();
    const offset = this.#committed + 1;
    if (this.world.commit(offset, consumer)() !== 'NONE') return;
    this.#committed = offset;
    this.#heard(consumer);
    expect(newest.length === 0 || newest.includes(consumer)).toBe(true);
  }

  /** One at a time, and it is back before the next. */
  #crash(): void {
    const { coordinator, cluster } = this.world;
    cluster.crash(coordinator);
    for (const consumer of this.consumers) consumer.lose();
    this.world.advance(1000);
    cluster.restart(coordinator);
    this.world.advance(1000);
    this.#newCoordinator();
  }

  #move(): void {
    this.world.moveCoordinator();
    this.#newCoordinator();
  }

  /** It does not know for how long nobody was heard of, nor what was not written down. */
  #newCoordinator(): void {
    this.#heardAtMs.clear();
    this.#checkGenerations();
    this.#generationId = this.#writtenGenerationId;
  }

  #grow(): void {
    if (this.world.partitions.length < 6) this.world.addPartition();
    this.world.advance(1);
  }

  #isSettled(): boolean {
    const running = this.consumers.filter((consumer) => consumer.running);
    const memberIds = running.map(({ memberId }) => memberId);
    if (this.world.members().sort().join() !== memberIds.sort().join()) return false;
    if (running.length === 0) return true;
    const owned = running.flatMap((consumer) => consumer.owned).sort();
    return this.world.state() === 'Stable' && owned.join() === this.world.partitions.join();
  }
}

test('whoever comes, goes, is lost, or crashes: one owner each, and it ends stable', () => {
  fc.assert(
    fc.property(commands, (some) => {
      const run = new Run();
      for (const consumer of run.consumers) consumer.running = false;
      for (const consumer of run.consumers.slice(1, 3)) consumer.running = true;
      for (const one of some) run.apply(one);
      run.settle();
    }),
    { numRuns: 40 },
  );
}, 300_000);
