import type { RequestOf } from '../../src/broker/request-context.ts';
import { actingCoordinator } from '../../src/lab/groups/acting-coordinator.ts';
import type { GroupClient, MemberKind } from '../../src/lab/groups/group-client.ts';
import type { GroupApi } from '../../src/lab/groups/member-wire.ts';
import { SimulatedGroup } from '../../src/lab/groups/simulated-group.ts';
import { Invariants } from '../../src/lab/invariants.ts';
import { type Fate, Laboratory } from '../../src/lab/laboratory.ts';
import { Choices } from '../../src/simulation/choices.ts';

const settleMs = 60_000;

/** A group of two members that own four partitions and have committed; then comes a rebalance. */
export class GroupScene {
  readonly laboratory: Laboratory;
  readonly group: SimulatedGroup;
  readonly clients: GroupClient[] = [];
  /** How many requests members have sent since the scene began. */
  requests = 0;
  /** And how many events there were. */
  events = 0;
  #fateOf: (request: number) => Fate = () => 'delivered';
  readonly #invariants: Invariants;

  constructor(kind: MemberKind) {
    const choices = Choices.replaying([]);
    const config = {
      'offsets.topic.num.partitions': '1',
      'broker.heartbeat.interval.ms': '500',
      'broker.session.timeout.ms': '1000',
      'group.min.session.timeout.ms': '1000',
      'group.consumer.min.heartbeat.interval.ms': '100',
      'group.consumer.heartbeat.interval.ms': '500',
      'group.consumer.min.session.timeout.ms': '1000',
      'group.consumer.session.timeout.ms': '3000',
      'group.consumer.assignment.interval.ms': '0',
    };
    this.laboratory = new Laboratory({ seed: 1, brokers: 3, controllers: 1, config, choices });
    const { laboratory } = this;
    laboratory.createTopic({ name: 't', assignments: [[1], [2], [3], [1]], configs: {} });
    const request = { key: '', keyType: 0, coordinatorKeys: ['g'] };
    laboratory.send(1, 'FindCoordinator', request, () => {});
    laboratory.advance(2000);
    this.#invariants = new Invariants(laboratory.cluster);
    const fateOf = (_api: GroupApi, _request: RequestOf<GroupApi>) => this.#fateOf(this.requests++);
    this.group = new SimulatedGroup(
      { groupId: 'g', kinds: [kind], topics: ['t'] },
      { laboratory, invariants: this.#invariants, fateOf },
    );
    this.clients.push(this.group.join(kind, null, 0), this.group.join(kind, null, 300));
    this.settle();
    for (const client of this.clients) client.commit([...client.member.owned]);
    this.settle();
    this.requests = 0;
    this.events = 0;
  }

  /** From now on `fateOf` says what becomes of each request, by its number. */
  disturb(fateOf: (request: number) => Fate): void {
    this.#fateOf = fateOf;
  }

  /** Changes with whatever the coordinator and the members do. */
  get progress(): string {
    const acting = actingCoordinator(this.laboratory.cluster, 'g');
    const { logEndOffset, highWatermark } = acting?.log ?? {};
    const members = this.clients.map(({ member }) => [member.state, member.epoch, ...member.owned]);
    return [this.state, logEndOffset, highWatermark, this.requests, ...members].join();
  }

  get coordinator(): number | undefined {
    return actingCoordinator(this.laboratory.cluster, 'g')?.brokerId;
  }

  get state(): string {
    const group = actingCoordinator(this.laboratory.cluster, 'g')?.shard.groups.get('g');
    return group?.stateName ?? 'none';
  }

  /** One event. */
  step(): void {
    const { clock } = this.laboratory.cluster;
    this.events++;
    if (!clock.step(this.laboratory.nowMs + 100)) clock.advanceTo(this.laboratory.nowMs + 100);
    this.#invariants.check();
    this.group.invariants.check();
  }

  advance(durationMs: number): void {
    const untilMs = this.laboratory.nowMs + durationMs;
    while (this.laboratory.nowMs < untilMs) this.step();
  }

  /** Until the group is stable, with one owner for each partition, and offsets are as committed. */
  settle(): void {
    const untilMs = this.laboratory.nowMs + settleMs;
    let missing = this.group.missing();
    while (missing !== undefined) {
      if (this.laboratory.nowMs > untilMs) throw new Error(`not settled: ${missing}`);
      this.advance(100);
      missing = this.group.missing();
    }
  }
}
