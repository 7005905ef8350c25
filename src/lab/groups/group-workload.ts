import type { RequestOf } from '../../broker/request-context.ts';
import type { Invariants } from '../invariants.ts';
import type { Fate, Laboratory } from '../laboratory.ts';
import type { ClientAction } from '../profile.ts';
import type { Workload } from '../workload.ts';
import { offsetsPartition, offsetsTopic } from './acting-coordinator.ts';
import type { GroupProfile } from './group-profile.ts';
import type { GroupApi } from './member-wire.ts';
import { SimulatedGroup } from './simulated-group.ts';

interface Surroundings {
  readonly laboratory: Laboratory;
  readonly invariants: Invariants;
  readonly profile: GroupProfile;
}

const partitionsMax = 7;
const nothing = (): void => {};
const fates: readonly Fate[] = ['request-lost', 'response-lost', 'repeated'];

/** Members come, go, fall asleep and commit, and their coordinators have no easy life either. */
export class GroupWorkload implements Workload {
  readonly #laboratory: Laboratory;
  readonly #profile: GroupProfile;
  readonly #groups: readonly SimulatedGroup[];
  #isCalm = false;

  constructor({ laboratory, invariants, profile }: Surroundings) {
    this.#laboratory = laboratory;
    this.#profile = profile;
    const fateOf = (api: GroupApi, request: RequestOf<GroupApi>) => this.#fateOf(api, request);
    this.#groups = profile.groups.map(
      (plan) => new SimulatedGroup(plan, { laboratory, invariants, fateOf }),
    );
    // So that there is an offsets topic before anything goes wrong.
    const coordinatorKeys = profile.groups.map(({ groupId }) => groupId);
    laboratory.send(1, 'FindCoordinator', { key: '', keyType: 0, coordinatorKeys }, nothing);
    laboratory.advance(2000);
  }

  act(name: ClientAction): void {
    const group = this.#laboratory.choices.pick(this.#groups, 'group');
    if (name === 'grow-topic') this.#growTopic();
    else if (name === 'crash-coordinator') this.#crashCoordinator(group.groupId);
    else if (name === 'move-coordinator') this.#moveCoordinator(group.groupId);
    else group.act(name);
  }

  check(): void {
    for (const group of this.#groups) group.invariants.check();
  }

  calm(): void {
    this.#isCalm = true;
    for (const group of this.#groups) group.wakeAll();
  }

  missing(): string | undefined {
    for (const group of this.#groups) {
      const missing = group.missing();
      if (missing !== undefined) return missing;
    }
    return undefined;
  }

  end(): void {}

  #fateOf(api: GroupApi, request: RequestOf<GroupApi>): Fate {
    const { mishapsIn } = this.#profile;
    if (this.#isCalm || mishapsIn === 0) return 'delivered';
    if (!this.#laboratory.choices.chance(mishapsIn, 'mishap')) return 'delivered';
    const fate = this.#laboratory.choices.pick(fates, 'what becomes of the request');
    return fate === 'repeated' && isBelievedWhenLate(api, request) ? 'delivered' : fate;
  }

  #growTopic(): void {
    const { choices, cluster, running } = this.#laboratory;
    const { name } = choices.pick(this.#profile.topics, 'topic');
    const count = (cluster.metadata.topicsByName.get(name)?.partitions.length ?? 0) + 1;
    if (count > partitionsMax || running.length === 0) return;
    const topics = [{ name, count, assignments: null }];
    const request = { topics, timeoutMs: 1000, validateOnly: false };
    this.#laboratory.send(choices.pick(running, 'broker'), 'CreatePartitions', request, nothing);
  }

  #crashCoordinator(groupId: string): void {
    const { cluster } = this.#laboratory;
    const leader = this.#offsetsImage(groupId)?.leader ?? -1;
    if (leader >= 0) cluster.crash(leader);
  }

  /** Another replica comes first, so it will lead; or another broker takes a replica over. */
  #moveCoordinator(groupId: string): void {
    const { choices, cluster, running } = this.#laboratory;
    const image = this.#offsetsImage(groupId);
    if (image === undefined || running.length === 0) return;
    const first = choices.choose(cluster.brokerIds.length, 'first replica');
    const ids = [...cluster.brokerIds.slice(first), ...cluster.brokerIds.slice(0, first)];
    const replicas = ids.slice(0, image.replicas.length);
    const partitions = [{ partitionIndex: offsetsPartition(cluster, groupId), replicas }];
    const topics = [{ name: offsetsTopic, partitions }];
    const request = { timeoutMs: 1000, allowReplicationFactorChange: true, topics };
    const brokerId = choices.pick(running, 'broker');
    this.#laboratory.send(brokerId, 'AlterPartitionReassignments', request, nothing);
  }

  #offsetsImage(groupId: string) {
    const { cluster } = this.#laboratory;
    const topic = cluster.metadata.topicsByName.get(offsetsTopic);
    return topic?.partitions[offsetsPartition(cluster, groupId)];
  }
}

/**
 * A member has one request at a time under way and TCP brings it once, and on that Kafka relies: a
 * join is fenced by nothing, and a heartbeat that says what is owned only by its epoch, which stays
 * while partitions are given up. One that comes late gives up what its member still has.
 */
function isBelievedWhenLate(api: GroupApi, request: RequestOf<GroupApi>): boolean {
  if (api === 'JoinGroup') return true;
  if (!('memberEpoch' in request)) return false;
  return request.memberEpoch <= 0 || request.topicPartitions !== null;
}
