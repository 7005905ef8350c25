import { apis } from '../../../src/protocol/messages/index.ts';
import type { Cluster } from './cluster.ts';
import { errorName } from './error-name.ts';
import { Group } from './group.ts';
import { until } from './until.ts';

let membersMade = 0;

interface Topic {
  readonly name: string;
  readonly id: string;
}

interface TopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

interface Beat {
  readonly version?: number;
  readonly memberId?: string;
  readonly memberEpoch?: number;
  readonly instanceId?: string | null;
  readonly rackId?: string | null;
  readonly rebalanceTimeoutMs?: number;
  readonly subscribedTopicNames?: readonly string[] | null;
  readonly subscribedTopicRegex?: string | null;
  readonly serverAssignor?: string | null;
  readonly topicPartitions?: readonly TopicPartitions[] | null;
}

/** A consumer group (KIP-848) of a test's own. */
export class ConsumerGroup {
  readonly group: Group;
  readonly #cluster: Cluster;

  static async make(cluster: Cluster): Promise<ConsumerGroup> {
    return new ConsumerGroup(cluster, await Group.make(cluster));
  }

  private constructor(cluster: Cluster, group: Group) {
    this.#cluster = cluster;
    this.group = group;
  }

  member(instanceId: string | null = null): ConsumerMember {
    return new ConsumerMember(this.#cluster, this.group, instanceId);
  }

  async describe(version = 1, includeAuthorizedOperations = false) {
    const body = { groupIds: [this.group.id], includeAuthorizedOperations };
    const { coordinator } = this.group;
    const reply = await this.#cluster.request(
      apis.ConsumerGroupDescribe,
      version,
      body,
      coordinator,
    );
    const { errorCode, ...rest } = reply.groups[0]!;
    return { error: errorName(errorCode), ...rest };
  }

  async state(): Promise<string> {
    return (await this.describe()).groupState;
  }
}

/** Somebody who may become a member, and owns at once whatever it is given. */
class ConsumerMember {
  readonly memberId = `member-${process.pid}-${++membersMade}`;
  readonly instanceId: string | null;
  memberEpoch = 0;
  owned: readonly TopicPartitions[] = [];
  readonly #cluster: Cluster;
  readonly #group: Group;

  constructor(cluster: Cluster, group: Group, instanceId: string | null) {
    this.#cluster = cluster;
    this.#group = group;
    this.instanceId = instanceId;
  }

  /** One heartbeat as it is told to be; of the rest nothing is said. */
  async beat(body: Beat = {}) {
    const { version = 1, ...said } = body;
    const { errorCode, ...rest } = await this.#cluster.request(
      apis.ConsumerGroupHeartbeat,
      version,
      {
        ...{ groupId: this.#group.id, memberId: this.memberId, memberEpoch: this.memberEpoch },
        ...{ instanceId: this.instanceId, rackId: null, rebalanceTimeoutMs: -1 },
        ...{ subscribedTopicNames: null, subscribedTopicRegex: null, serverAssignor: null },
        topicPartitions: null,
        ...said,
      },
      this.#group.coordinator,
    );
    if (errorCode === 0) {
      this.memberEpoch = rest.memberEpoch;
      if (rest.assignment !== null) this.owned = rest.assignment.topicPartitions;
    }
    return { error: errorName(errorCode), ...rest };
  }

  async join(topics: readonly Topic[], body: Beat = {}) {
    return await this.beat({
      ...{ memberEpoch: 0, rebalanceTimeoutMs: 30_000, topicPartitions: [] },
      subscribedTopicNames: topics.map(({ name }) => name),
      ...body,
    });
  }

  /** A heartbeat that says what it owns. */
  async step(body: Beat = {}) {
    return await this.beat({ topicPartitions: this.owned, ...body });
  }

  async leave(memberEpoch = -1) {
    return await this.beat({ memberEpoch });
  }

  /** As in `0 1 2`, of one topic. */
  partitions({ id }: Topic): string {
    const owned = this.owned.find(({ topicId }) => topicId === id)?.partitions ?? [];
    return [...owned].sort((one, other) => one - other).join(' ');
  }
}

/** Until each member has so many partitions, all of them moving in turn. */
export async function untilShares(
  members: readonly ConsumerMember[],
  shares: readonly number[],
): Promise<void> {
  const count = ({ owned }: ConsumerMember) =>
    owned.reduce((sum, { partitions }) => sum + partitions.length, 0);
  const wanted = [...shares].sort().join();
  await until(`the shares are ${wanted}`, async () => {
    for (const member of members) await member.step();
    return members.map(count).sort().join() === wanted ? true : undefined;
  });
}
