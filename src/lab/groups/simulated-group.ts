import type { RequestOf } from '../../broker/request-context.ts';
import { ClassicGroup } from '../../coordinator/classic-group.ts';
import { ConsumerGroup } from '../../coordinator/consumer/consumer-group.ts';
import type { Invariants } from '../invariants.ts';
import type { Fate, Laboratory } from '../laboratory.ts';
import type { ClientAction } from '../profile.ts';
import { actingCoordinator } from './acting-coordinator.ts';
import { CommitAudit } from './commit-audit.ts';
import { GroupClient, type MemberKind } from './group-client.ts';
import { GroupInvariants } from './group-invariants.ts';
import type { GroupMember } from './group-member.ts';
import type { GroupPlan } from './group-profile.ts';
import type { GroupApi } from './member-wire.ts';
import { keyOf } from './partition-key.ts';

interface Surroundings {
  readonly laboratory: Laboratory;
  readonly invariants: Invariants;
  readonly fateOf: (api: GroupApi, request: RequestOf<GroupApi>) => Fate;
}

const membersMax = 4;
const instanceIds = ['s1', 's2'];

/** A group, all who have ever been in it, and who looks at it. */
export class SimulatedGroup {
  readonly invariants: GroupInvariants;
  readonly #plan: GroupPlan;
  readonly #surroundings: Surroundings;
  readonly #audit: CommitAudit;
  readonly #clients: GroupClient[] = [];
  #isRead = false;

  constructor(plan: GroupPlan, surroundings: Surroundings) {
    const { groupId } = plan;
    this.#plan = plan;
    this.#surroundings = surroundings;
    this.#audit = new CommitAudit(groupId);
    const { cluster } = surroundings.laboratory;
    const { invariants } = surroundings;
    this.invariants = new GroupInvariants({ cluster, invariants, groupId, audit: this.#audit });
  }

  get groupId(): string {
    return this.#plan.groupId;
  }

  /** Who is in it, or wants to be. */
  get living(): GroupClient[] {
    return this.#clients.filter(({ member }) => member.state !== 'outside');
  }

  act(name: ClientAction): void {
    const awake = this.living.filter(({ member }) => !member.isStalled);
    if (name === 'join-group') this.#join();
    else if (name === 'leave-group') this.#toOne(awake, ({ member }) => this.#leave(member));
    else if (name === 'crash-member') this.#toOne(awake, ({ member }) => member.crash());
    else if (name === 'stall-member') this.#toOne(awake, ({ member }) => member.stall());
    else if (name === 'wake-member') this.#toOne(this.living, ({ member }) => member.resume());
    else this.#toOne(this.living, (client) => this.#commit(client));
  }

  join(kind: MemberKind, instanceId: string | null, revokeMs: number): GroupClient {
    const { laboratory, fateOf } = this.#surroundings;
    const name = `${this.groupId}${this.#clients.length + 1}`;
    const client = new GroupClient(
      { kind, name, instanceId, topics: this.#plan.topics, revokeMs },
      {
        ...{ laboratory, groupId: this.groupId, audit: this.#audit },
        fateOf: (api, request) => {
          const fate = fateOf(api, request);
          if (api === 'OffsetCommit' && fate === 'repeated') {
            const { topics } = request as RequestOf<'OffsetCommit'>;
            this.#audit.repeated(topics[0]!.partitions[0]!.committedOffset);
          }
          return fate;
        },
        commitArrived: (brokerId, request) => this.invariants.commitArrived(brokerId, request),
        ownedChanged: (one, brokerId) => this.invariants.ownedChanged(one, brokerId),
      },
    );
    this.#clients.push(client);
    this.invariants.watch(client);
    client.member.start();
    return client;
  }

  wakeAll(): void {
    for (const { member } of this.living) member.resume();
  }

  /** Until the group is stable again, each partition has its owner and offsets were read. */
  missing(): string | undefined {
    const { cluster } = this.#surroundings.laboratory;
    const coordinator = actingCoordinator(cluster, this.groupId);
    if (coordinator === undefined) return `group ${this.groupId} has no coordinator`;
    const group = coordinator.shard.groups.get(this.groupId);
    const members = this.living.filter(({ member }) => member.state !== 'fenced');
    const wanted = members.length === 0 ? 'Empty' : 'Stable';
    const state = group?.stateName ?? 'Empty';
    if (state !== wanted) return `group ${this.groupId} is ${state}, not ${wanted}`;
    const unsettled = members.find(({ member }) => member.state !== 'stable');
    if (unsettled !== undefined) {
      return `${unsettled.member.name} of group ${this.groupId} is ${unsettled.member.state}`;
    }
    const known = idsIn(group);
    if (known.length !== members.length) {
      return `group ${this.groupId} has members ${known}, and ${members.length} there are`;
    }
    return this.#missingOwners(members) ?? this.#missingRead(members);
  }

  #missingOwners(members: readonly GroupClient[]): string | undefined {
    if (members.length === 0) return undefined;
    for (const key of this.#keys()) {
      const owners = members.filter(({ member }) => member.owned.has(key));
      if (owners.length === 1) continue;
      const names = owners.map(({ member }) => member.name);
      return `${key} of group ${this.groupId} is owned by [${names}]`;
    }
    return undefined;
  }

  /** Each time that nothing else is missing, somebody asks what is committed. */
  #missingRead([reader]: readonly GroupClient[]): string | undefined {
    if (this.#isRead || reader === undefined) {
      this.#isRead = false;
      return undefined;
    }
    reader.read(this.#keys(), () => {
      this.#isRead = true;
    });
    return `the offsets of group ${this.groupId} cannot be read`;
  }

  #keys(): string[] {
    const { topicsByName } = this.#surroundings.laboratory.cluster.metadata;
    return this.#plan.topics.flatMap((topic) =>
      [...(topicsByName.get(topic)?.partitions.keys() ?? [])].map((partition) =>
        keyOf({ topic, partition }),
      ),
    );
  }

  get #choices() {
    return this.#surroundings.laboratory.choices;
  }

  #toOne(clients: readonly GroupClient[], act: (client: GroupClient) => void): void {
    if (clients.length > 0) act(this.#choices.pick(clients, 'member'));
  }

  #join(): void {
    if (this.living.length >= membersMax) return;
    const choices = this.#choices;
    const kind = choices.pick(this.#plan.kinds, 'kind of member');
    const taken = new Set(this.living.map(({ member }) => member.instanceId));
    const free = instanceIds.filter((instanceId) => !taken.has(instanceId));
    const isStatic = free.length > 0 && choices.chance(3, 'static member');
    const instanceId = isStatic ? choices.pick(free, 'instance id') : null;
    this.join(kind, instanceId, choices.chance(3, 'takes its time to revoke') ? 700 : 0);
  }

  #leave(member: GroupMember): void {
    member.leave(!this.#choices.chance(2, 'says nothing of it, or leaves for a while'));
  }

  #commit(client: GroupClient): void {
    const owned = [...client.member.owned];
    if (owned.length === 0) return;
    const isAll = !this.#choices.chance(2, 'one partition alone');
    client.commit(isAll ? owned : [this.#choices.pick(owned, 'partition')]);
  }
}

function idsIn(group: unknown): string[] {
  if (group instanceof ClassicGroup) {
    return group.protocol.members.all().map(({ memberId }) => memberId);
  }
  if (!(group instanceof ConsumerGroup)) return [];
  return [...group.members.values()].map(({ memberId }) => memberId);
}
