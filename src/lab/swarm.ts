import { Choices } from '../simulation/choices.ts';
import { actions } from './actions.ts';
import { Consumer } from './consumer.ts';
import { checkConverged } from './convergence.ts';
import { InvariantBroken } from './invariant-broken.ts';
import { Invariants } from './invariants.ts';
import { Laboratory } from './laboratory.ts';
import { type Delivery, Producer, type Target } from './producer.ts';
import { type ActionName, drawProfile, type Profile } from './profile.ts';

interface SwarmOptions {
  readonly seed: number;
  /** The choices of a former run, to have it again; by default the seed's. */
  readonly replay?: readonly (readonly number[])[] | undefined;
}

/** How many events of time go by for one thing that is done. */
const timePerAction = 9;
const settleMs = 60_000;
const settleStepMs = 500;
/** More events than that within a settle step are a loop. */
const restlessEvents = 100_000;
/** With nothing due for so long, an event is that nothing happens. */
const idleMs = 1000;

/** One run: a cluster drawn by the seed, a workload, and faults; then calm, and convergence. */
export class Swarm {
  readonly profile: Profile;
  readonly laboratory: Laboratory;
  readonly choices: Choices;
  readonly invariants: Invariants;
  readonly deliveries: Delivery[] = [];
  readonly #producers: readonly Producer[];
  readonly #consumers = new Map<string, Consumer>();
  readonly #actions: readonly ActionName[];
  #values = 0;

  constructor({ seed, replay }: SwarmOptions) {
    this.profile = drawProfile(seed);
    this.choices = replay === undefined ? Choices.seeded(seed) : Choices.replaying(replay);
    const { brokers, controllers, config } = this.profile;
    const { choices } = this;
    const knobs = { elrOfReplicas: true };
    this.laboratory = new Laboratory({ seed, brokers, controllers, config, choices, knobs });
    this.invariants = new Invariants(this.laboratory.cluster);
    for (const topic of this.profile.topics) this.laboratory.createTopic(topic);
    this.#producers = [
      this.#producer(1, -1, true),
      this.#producer(2, -1, false),
      this.#producer(3, 1, false),
    ];
    this.#actions = Object.entries(this.profile.weights).flatMap(([name, weight]) =>
      Array.from({ length: weight }, () => name as ActionName),
    );
  }

  /** Runs `events` events, then lets everything heal. Throws `InvariantBroken`. */
  run(events: number): void {
    for (let event = 0; event < events; event++) {
      this.choices.nextEvent();
      this.#event();
      this.invariants.check();
    }
    this.choices.nextEvent();
    this.#calm();
  }

  /** One event: time goes on by one step, or something is done. */
  #event(): void {
    const kinds = this.#actions.length * (timePerAction + 1);
    const action = this.actionOf(this.choices.choose(kinds, 'event'));
    if (action !== undefined) this.#act(action);
    else this.#timeGoesOn(this.laboratory.nowMs + idleMs);
  }

  /** What an event's first choice stands for; undefined: time goes on. */
  actionOf(drawn: number): ActionName | undefined {
    return this.#actions[drawn - this.#actions.length * timePerAction];
  }

  /** The next event that is due by `timeMs`; without one that time comes. */
  #timeGoesOn(timeMs: number): void {
    const { clock } = this.laboratory.cluster;
    if (!clock.step(timeMs)) clock.advanceTo(timeMs);
  }

  #act(name: ActionName): void {
    if (name === 'produce') this.#produce();
    else if (name === 'consume') this.#consumer(this.#target()).fetch();
    else actions[name](this.laboratory);
  }

  #produce(): void {
    const producer = this.choices.pick(this.#producers, 'producer');
    producer.produce(this.#target(), `v${this.#values++}`);
  }

  #target(): Target {
    const { name, assignments } = this.choices.pick(this.profile.topics, 'topic');
    return { topic: name, partition: this.choices.choose(assignments.length, 'partition') };
  }

  #producer(producerId: number, acks: number, idempotent: boolean): Producer {
    const { laboratory } = this;
    const done = (delivery: Delivery) => {
      this.deliveries.push(delivery);
      if (delivery.outcome !== 'acknowledged' || acks !== -1) return;
      this.invariants.partition(delivery.topic, delivery.partition)?.acknowledged(delivery);
    };
    const outOfOrder = (
      { topic, partition }: Target,
      last: Delivery | undefined,
      brokerId: number,
    ) => {
      // A leader that has been replaced without knowing it may well miss something.
      const image = laboratory.cluster.metadata.topicsByName.get(topic)?.partitions[partition];
      const replica = laboratory.cluster.replica(brokerId, topic, partition);
      if (replica?.leaderEpoch !== image?.leaderEpoch || this.#isLost(last)) return;
      const forgotten = last === undefined ? 'nothing' : `${last.value} at ${last.baseOffset}`;
      const detail = `broker ${brokerId} has forgotten ${forgotten}, which was acknowledged`;
      throw new InvariantBroken('H-04', `${topic}-${partition}: ${detail}`);
    };
    return new Producer(producerId, { laboratory, acks, idempotent, done, outOfOrder });
  }

  #consumer(target: Target): Consumer {
    const key = `${target.topic}-${target.partition}`;
    let consumer = this.#consumers.get(key);
    if (consumer === undefined) {
      const { laboratory } = this;
      consumer = new Consumer(target, {
        laboratory,
        served: ({ topic, partition }, batch) =>
          this.invariants.partition(topic, partition)?.served(batch),
      });
      this.#consumers.set(key, consumer);
    }
    return consumer;
  }

  /** Every fault ends; within a minute all must be well again. */
  #calm(): void {
    const { laboratory } = this;
    const { cluster } = laboratory;
    cluster.network.heal();
    for (const controllerId of cluster.controllerIds) cluster.restart(controllerId);
    for (const brokerId of cluster.brokerIds) {
      cluster.resume(brokerId);
      cluster.restart(brokerId);
    }
    let why = 'it was never looked at';
    for (let waitedMs = 0; waitedMs < settleMs; waitedMs += settleStepMs) {
      this.#watch(settleStepMs);
      // Who was shutting down when the faults ended has stopped since.
      for (const brokerId of cluster.brokerIds) cluster.restart(brokerId);
      this.invariants.checkAll();
      const pending = this.#producers.some((producer) => producer.pending > 0);
      const missing = pending ? 'a producer still waits' : checkConverged(cluster);
      if (missing === undefined) {
        this.#checkDeliveries();
        return;
      }
      why = missing;
    }
    throw new InvariantBroken(
      'L-01',
      `not whole ${settleMs / 1000} s after the last fault: ${why}`,
    );
  }

  #watch(durationMs: number): void {
    const untilMs = this.laboratory.nowMs + durationMs;
    for (let events = 0; this.laboratory.nowMs < untilMs; events++) {
      if (events > restlessEvents) throw new InvariantBroken('L-02', 'it never comes to rest');
      this.#timeGoesOn(untilMs);
      this.invariants.check();
    }
  }

  /** What was acknowledged is there; from the idempotent producer once, and in order. */
  #checkDeliveries(): void {
    for (const { name, assignments } of this.profile.topics) {
      for (const partition of assignments.keys()) this.#checkPartition({ topic: name, partition });
    }
  }

  #checkPartition({ topic, partition }: Target): void {
    const where = `${topic}-${partition}`;
    const log = this.laboratory.values(topic, partition);
    const count = new Map<string, number>();
    for (const value of log) count.set(value, (count.get(value) ?? 0) + 1);
    const ours = this.deliveries.filter((d) => d.topic === topic && d.partition === partition);
    for (const delivery of ours) {
      const { value, outcome, acks } = delivery;
      const isPromised = acks === -1 && outcome === 'acknowledged';
      if (isPromised && !count.has(value) && !this.#isLost(delivery)) {
        throw new InvariantBroken('H-01', `${where}: ${value} was acknowledged and is lost`);
      }
      if (outcome === 'refused' && count.has(value)) {
        throw new InvariantBroken('H-02', `${where}: ${value} was refused and is there`);
      }
    }
    for (const [value, times] of count) {
      if (times === 1 || this.#producers.some(({ repeated }) => repeated.has(value))) continue;
      throw new InvariantBroken('H-03', `${where}: ${value} is there ${times} times`);
    }
  }

  /** It was committed, and went in a loss that Kafka would have had as well. */
  #isLost(delivery: Delivery | undefined): boolean {
    if (delivery === undefined) return false;
    const partition = this.invariants.partition(delivery.topic, delivery.partition);
    return partition !== undefined && (partition.isVoid || partition.history.hasLost(delivery));
  }
}
