import { Consumer } from './consumer.ts';
import { InvariantBroken } from './invariant-broken.ts';
import type { Invariants } from './invariants.ts';
import type { Laboratory } from './laboratory.ts';
import { type Delivery, Producer, type Target } from './producer.ts';
import type { ClientAction, Profile } from './profile.ts';
import type { Workload } from './workload.ts';

interface Surroundings {
  readonly laboratory: Laboratory;
  readonly invariants: Invariants;
  readonly profile: Profile;
}

/** Records are produced and read; in the end nothing is missing that was acknowledged. */
export class ReplicationWorkload implements Workload {
  readonly #laboratory: Laboratory;
  readonly #invariants: Invariants;
  readonly #profile: Profile;
  readonly #deliveries: Delivery[] = [];
  readonly #producers: readonly Producer[];
  readonly #consumers = new Map<string, Consumer>();
  #values = 0;

  constructor({ laboratory, invariants, profile }: Surroundings) {
    this.#laboratory = laboratory;
    this.#invariants = invariants;
    this.#profile = profile;
    this.#producers = [
      this.#producer(1, -1, true),
      this.#producer(2, -1, false),
      this.#producer(3, 1, false),
    ];
  }

  act(name: ClientAction): void {
    if (name === 'produce') this.#produce();
    else this.#consumer(this.#target()).fetch();
  }

  check(): void {}

  calm(): void {}

  missing(): string | undefined {
    const pending = this.#producers.some((producer) => producer.pending > 0);
    return pending ? 'a producer still waits' : undefined;
  }

  #produce(): void {
    const producer = this.#laboratory.choices.pick(this.#producers, 'producer');
    producer.produce(this.#target(), `v${this.#values++}`);
  }

  #target(): Target {
    const { name, assignments } = this.#laboratory.choices.pick(this.#profile.topics, 'topic');
    return {
      topic: name,
      partition: this.#laboratory.choices.choose(assignments.length, 'partition'),
    };
  }

  #producer(producerId: number, acks: number, idempotent: boolean): Producer {
    const laboratory = this.#laboratory;
    const done = (delivery: Delivery) => {
      this.#deliveries.push(delivery);
      if (delivery.outcome !== 'acknowledged' || acks !== -1) return;
      this.#invariants.partition(delivery.topic, delivery.partition)?.acknowledged(delivery);
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
      const laboratory = this.#laboratory;
      consumer = new Consumer(target, {
        laboratory,
        served: ({ topic, partition }, batch) =>
          this.#invariants.partition(topic, partition)?.served(batch),
      });
      this.#consumers.set(key, consumer);
    }
    return consumer;
  }

  /** What was acknowledged is there; from the idempotent producer once, and in order. */
  end(): void {
    for (const { name, assignments } of this.#profile.topics) {
      for (const partition of assignments.keys()) this.#checkPartition({ topic: name, partition });
    }
  }

  #checkPartition({ topic, partition }: Target): void {
    const where = `${topic}-${partition}`;
    const log = this.#laboratory.values(topic, partition);
    const count = new Map<string, number>();
    for (const value of log) count.set(value, (count.get(value) ?? 0) + 1);
    const ours = this.#deliveries.filter((d) => d.topic === topic && d.partition === partition);
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
    const partition = this.#invariants.partition(delivery.topic, delivery.partition);
    return partition !== undefined && (partition.isVoid || partition.history.hasLost(delivery));
  }
}
