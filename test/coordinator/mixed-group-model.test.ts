import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClassicConsumer } from './classic-consumer.ts';
import { Consumer, describe } from './consumer-world.ts';
import { GroupWorld } from './group-world.ts';

const who = fc.nat(2);
const goes = ['classic-leaves', 'classic-dies', 'new-leaves', 'new-dies', 'swap'] as const;
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('classic', 'new', 'everybody', 'lose'), who }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom(...goes), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(6000) }) },
  fc.record({ do: fc.constantFrom('crash' as const, 'move' as const, 'grow' as const) }),
);
const steps = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const joinAgain = ['UNKNOWN_MEMBER_ID', 'FENCED_MEMBER_EPOCH', 'GROUP_ID_NOT_FOUND'];

/** A group of three that may speak either protocol, and a static member that changes it. */
class Run {
  readonly world = new GroupWorld();
  readonly classics = [0, 1, 2].map(() => this.#classic(null));
  readonly consumers: (Consumer | undefined)[] = [undefined, undefined, undefined];
  /** Which of the two has the instance id `i` now. */
  static: ClassicConsumer | Consumer = this.#classic('i');

  /** In a calm run the coordinator stays what it is, and so does the static member. */
  readonly #isCalm: boolean;

  constructor(isCalm: boolean) {
    this.#isCalm = isCalm;
  }

  apply(one: Step): void {
    if (this.#isCalm && ['crash', 'move', 'swap'].includes(one.do)) return;
    if (one.do === 'wait') this.world.advance(one.ms);
    else if (one.do === 'crash') this.#crash();
    else if (one.do === 'move') this.world.moveCoordinator();
    else if (one.do === 'grow') this.#grow();
    else if ('who' in one) this.#act(one.do, one.who);
    this.check();
  }

  /**
   * Everyone who is there does what he does, and it comes to an end. Kafka leaves partitions to
   * nobody when the coordinator of a group that has just become a classic one crashes, and when new
   * ones come to one that became it without a rebalance: they wait for the next who joins.
   */
  settle(): void {
    this.#go(() => this.#isStable);
    if (!this.#isCalm && !this.#isShared) this.classics[0]!.restart();
    this.#go(() => this.#isStable && (this.#running().length === 0 || this.#isShared));
  }

  #go(until: () => boolean): void {
    for (let round = 0; round < 80 && !until(); round++) {
      this.world.advance(1000);
      this.#everybody();
      this.check();
    }
    expect(until()).toBe(true);
  }

  check(): void {
    const owned = this.#current().flatMap((one) => [...ownedBy(one)]);
    expect(new Set(owned).size).toBe(owned.length);
  }

  #classic(instanceId: string | null): ClassicConsumer {
    const consumer = new ClassicConsumer(this.world, { instanceId });
    consumer.running = false;
    return consumer;
  }

  #act(what: string, index: number): void {
    const classic = this.classics[index]!;
    const consumer = this.consumers[index];
    if (what === 'everybody') this.#everybody();
    else if (what === 'classic') start(classic);
    else if (what === 'lose') classic.lose();
    else if (what === 'classic-leaves' && classic.memberId !== '') classic.leave();
    else if (what === 'classic-dies') classic.restart();
    else if (what === 'new') this.#new(index);
    else if (what === 'new-leaves') consumer?.leave();
    if (what.startsWith('new-')) this.consumers[index] = undefined;
    if (what === 'swap') this.#swap();
  }

  #new(index: number): void {
    const known = this.consumers[index];
    const consumer = known ?? new Consumer(this.world);
    this.consumers[index] = consumer;
    beat(consumer, known === undefined);
  }

  /** The static member comes back with the other protocol. */
  #swap(): void {
    const before = this.static;
    if (before instanceof Consumer) this.static = this.#classic('i');
    else this.static = new Consumer(this.world, { instanceId: 'i' });
    if (before instanceof ClassicConsumer) before.stop();
    if (this.static instanceof ClassicConsumer) start(this.static);
    else this.static.join();
  }

  #crash(): void {
    const { coordinator, cluster } = this.world;
    cluster.crash(coordinator);
    for (const one of this.#allClassic()) one.lose();
    this.world.advance(1000);
    cluster.restart(coordinator);
    this.world.advance(1000);
  }

  /** Who leads a classic group looks for new topics; here, everyone does. */
  #grow(): void {
    if (this.world.partitions.length > 6) return;
    this.world.addPartition();
    this.world.advance(1);
  }

  #everybody(): void {
    for (const one of this.#running()) beat(one);
  }

  #allClassic(): ClassicConsumer[] {
    return this.static instanceof Consumer ? this.classics : [...this.classics, this.static];
  }

  #running(): (ClassicConsumer | Consumer)[] {
    const all = [...this.classics, ...this.consumers, this.static];
    return all.flatMap((one) =>
      one === undefined || (one instanceof ClassicConsumer && !one.running) ? [] : [one],
    );
  }

  /** Whoever is a member, and of those who speak the classic protocol, who is up to date. */
  #current(): (ClassicConsumer | Consumer)[] {
    const consumerGroup = describe(this.world);
    const running = this.#running();
    if (consumerGroup.errorCode === 0) {
      const epochs = new Map(
        consumerGroup.members.map(({ memberId, memberEpoch }) => [memberId, memberEpoch]),
      );
      return running.filter((one) => {
        const epoch = epochs.get(one.memberId);
        return one instanceof Consumer ? epoch !== undefined : one.generationId === epoch;
      });
    }
    const memberIds = this.world.members();
    const classics = running.filter((one) => one instanceof ClassicConsumer);
    const members = classics.filter(({ memberId }) => memberIds.includes(memberId));
    const newest = Math.max(...members.map(({ generationId }) => generationId));
    return members.filter(({ generationId }) => generationId === newest);
  }

  get #isStable(): boolean {
    const consumerGroup = describe(this.world);
    const isClassic = consumerGroup.errorCode !== 0;
    const state = isClassic ? this.world.state() : consumerGroup.groupState;
    return (
      state === 'Stable' || (this.#running().length === 0 && ['Empty', 'Dead'].includes(state))
    );
  }

  get #isShared(): boolean {
    const owned = this.#running().flatMap((one) => ownedBy(one));
    return owned.sort().join() === this.world.partitions.join();
  }
}

function start(one: ClassicConsumer): void {
  one.running = true;
  one.step();
}

function beat(one: ClassicConsumer | Consumer, joins = false): void {
  if (one instanceof ClassicConsumer) one.step();
  else if (joins || one.memberEpoch === 0 || joinAgain.includes(one.step())) one.join();
}

const ownedBy = (one: ClassicConsumer | Consumer): readonly number[] =>
  one instanceof ClassicConsumer ? one.owned : one.owned.flatMap(({ partitions }) => partitions);

test('whatever its members speak, no partition has two owners, and in the end each has one', () => {
  fc.assert(
    fc.property(fc.boolean(), steps, (isCalm, some) => {
      const run = new Run(isCalm);
      for (const one of some) run.apply(one);
      run.settle();
    }),
    { numRuns: 15 },
  );
}, 300_000);
