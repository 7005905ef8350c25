import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Consumer, converge, describe } from './consumer-world.ts';
import { GroupWorld } from './group-world.ts';

const sessionMs = 45_000;
const rebalanceMs = 30_000;

const who = fc.nat(4);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const), who }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('beat' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('everybody' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('leave', 'pause', 'die', 'lose-reply', 'commit', 'late-commit' as const),
      who,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(10, 1000, 6000, 20_000),
    }),
  },
  fc.record({ do: fc.constantFrom('crash' as const, 'move' as const, 'grow' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/**
 * A client that takes its time. What it is to give up it holds until its next heartbeat, and only
 * then has what it is given on top of that.
 */
class Client extends Consumer {
  held: readonly number[] = [];
  /** How many replies in a row it has not seen. */
  lost = 0;

  override join(): string {
    const error = super.join();
    this.held = error === 'NONE' ? this.#told : [];
    return error;
  }

  override step(): string {
    const told = this.#told;
    this.held = this.held.filter((partition) => told.includes(partition));
    const error = super.step({ topicPartitions: this.#asTopics() });
    const mustGiveUp = this.held.some((partition) => !this.#told.includes(partition));
    if (!mustGiveUp) this.held = this.#told;
    return error;
  }

  override loseReply(): void {
    const { held } = this;
    const told = this.#told;
    super.loseReply();
    this.held = held.filter((partition) => told.includes(partition));
    this.lost++;
  }

  #asTopics() {
    const [topic] = this.owned;
    return topic === undefined || this.held.length === 0
      ? []
      : [{ topicId: topic.topicId, partitions: this.held }];
  }

  get #told(): number[] {
    return this.owned.flatMap(({ partitions }) => [...partitions]);
  }
}

/** A run of the group. Some of its members are static ones, and one has a regular expression. */
class Run {
  readonly world = new GroupWorld();
  readonly consumers = new Map<number, Client>();
  /** Who has gone and does not know it, or has not said so. */
  readonly #gone: Client[] = [];
  readonly #heardAtMs = new Map<string, number>();
  readonly #committed = new Map<number, number>();
  #nextOffset = 0;

  apply(one: Step): void {
    if (one.do === 'wait') this.world.advance(one.ms);
    else if (one.do === 'everybody') this.everybody();
    else if (one.do === 'crash') this.#crash();
    else if (one.do === 'move') this.#move();
    else if (one.do === 'grow') this.#grow();
    else if (one.do === 'join') this.join(one.who);
    else if ('who' in one) this.#act(one.do, one.who);
    this.check();
  }

  join(index: number): void {
    if (this.consumers.has(index)) return;
    const instanceId = index < 2 ? `i${index}` : null;
    const expression = index === 2 ? 'ord.*' : null;
    const consumer = new Client(this.world, { instanceId, expression });
    // The instance id of one that has died is taken for its session.
    if (consumer.join() !== 'NONE') return;
    this.consumers.set(index, consumer);
    this.#heard(consumer);
  }

  everybody(): void {
    for (const consumer of this.consumers.values()) this.#beat(consumer);
  }

  /** No partition has two owners, no commit is lost, and nobody stays who is not heard of. */
  check(): void {
    const owned = this.#current().flatMap(partitionsOf);
    expect(new Set(owned).size).toBe(owned.length);
    for (const [partition, offset] of this.#committed) {
      expect(this.world.committed(partition)).toBe(offset);
    }
    const nowMs = this.world.cluster.clock.now();
    for (const { memberId } of describe(this.world).members) {
      const heardAtMs = this.#heardAtMs.get(memberId) ?? nowMs;
      this.#heardAtMs.set(memberId, heardAtMs);
      expect(nowMs - heardAtMs).toBeLessThanOrEqual(sessionMs);
    }
  }

  #act(what: string, index: number): void {
    const consumer = this.consumers.get(index);
    if (what === 'late-commit') this.#commit(this.#gone.at(-1), false);
    else if (consumer === undefined) return;
    else if (what === 'beat') this.#beat(consumer);
    else if (what === 'commit') this.#commit(consumer, true);
    else if (what === 'lose-reply') this.#loseReply(consumer);
    else {
      if (what === 'leave') consumer.leave();
      if (what === 'pause' && consumer.instanceId !== null) this.#pause(consumer);
      this.consumers.delete(index);
      this.#gone.push(consumer);
    }
  }

  /** A client that is told that it is none drops everything and joins again. */
  #beat(consumer: Client): void {
    const error = consumer.step();
    // One reply that it has not seen does it no harm.
    if (consumer.lost < 2) expect(error).not.toBe('FENCED_MEMBER_EPOCH');
    consumer.lost = 0;
    if (error !== 'NONE') consumer.join();
    this.#heard(consumer);
  }

  #loseReply(consumer: Client): void {
    consumer.loseReply();
    this.#heard(consumer);
  }

  /** A static member that means to come back. */
  #pause(consumer: Client): void {
    consumer.leave(-2);
    this.#heard(consumer);
  }

  /** Who owns a partition may commit for it; who has gone may not, once it is somebody else's. */
  #commit(consumer: Client | undefined, lives: boolean): void {
    const [partition] = consumer === undefined ? [] : partitionsOf(consumer);
    if (consumer === undefined || partition === undefined) return;
    const { memberId, memberEpoch: generationId } = consumer;
    const isMember = this.#current().includes(consumer);
    const offset = this.#nextOffset++;
    const error = this.world.commit(offset, { memberId, generationId }, partition)();
    if (lives && isMember) expect(error).toBe('NONE');
    if (error !== 'NONE') return;
    this.#committed.set(partition, offset);
    const others = this.#current().filter((one) => one !== consumer);
    expect(others.flatMap(partitionsOf)).not.toContain(partition);
  }

  #heard({ memberId }: Client): void {
    this.#heardAtMs.set(memberId, this.world.cluster.clock.now());
  }

  /** By its own account; whoever was thrown out and has not heard of it owns no more. */
  #current(): Client[] {
    const members = new Set(describe(this.world).members.map(({ memberId }) => memberId));
    return [...this.consumers.values()].filter(({ memberId }) => members.has(memberId));
  }

  #crash(): void {
    const { coordinator, cluster } = this.world;
    cluster.crash(coordinator);
    this.world.advance(3000);
    cluster.restart(coordinator);
    this.world.advance(3000);
    this.#heardAtMs.clear();
  }

  /** The next coordinator does not know for how long nobody was heard of. */
  #move(): void {
    this.world.moveCoordinator();
    this.#heardAtMs.clear();
  }

  #grow(): void {
    if (this.world.partitions.length < 7) this.world.addPartition();
  }
}

const partitionsOf = ({ held }: Client): readonly number[] => held;

test('no partition ever has two owners, and in the end each has one', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (steps) => {
      const run = new Run();
      for (const one of steps) run.apply(one);
      if (run.consumers.size === 0) run.join(3);
      // Whoever died without a word is out when his session has ended.
      for (let ms = 0; ms <= sessionMs + rebalanceMs; ms += 5000) {
        run.world.advance(5000);
        run.everybody();
        run.check();
      }
      const consumers = [...run.consumers.values()];
      converge(run.world, consumers);
      expect(consumers.flatMap(partitionsOf).sort()).toEqual(run.world.partitions);
    }),
    { numRuns: 20 },
  );
}, 300_000);
