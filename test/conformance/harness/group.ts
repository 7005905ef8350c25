import { apis } from '../../../src/protocol/messages/index.ts';
import type { Cluster } from './cluster.ts';
import type { Connection } from './connection.ts';
import { errorName } from './error-name.ts';
import { until } from './until.ts';

let groupsMade = 0;

interface JoinOptions {
  readonly version?: number;
  readonly memberId?: string;
  readonly instanceId?: string | null;
  readonly protocolType?: string;
  /** By name, the best first. */
  readonly protocols?: Readonly<Record<string, string>>;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
}

interface OffsetOptions {
  readonly version?: number;
  readonly memberId?: string;
  readonly generationId?: number;
  readonly instanceId?: string | null;
  readonly metadata?: string | null;
  readonly partition?: number;
}

/** One group of a test's own: shorthands that talk to its coordinator. */
export class Group {
  readonly id: string;
  readonly coordinator: number;
  readonly #cluster: Cluster;

  /** A new group id and its coordinator, which has read what it coordinates. */
  static async make(
    cluster: Cluster,
    id = newGroupId(),
    asked = cluster.brokerIds[0]!,
  ): Promise<Group> {
    const coordinator = await until('the group has a coordinator', async () => {
      const body = { coordinatorKeys: [id] };
      const reply = await cluster.request(apis.FindCoordinator, 4, body, asked);
      const { errorCode, nodeId } = reply.coordinators[0]!;
      if (errorCode !== 0) return undefined;
      const listed = await cluster.request(apis.DescribeGroups, 5, { groups: [id] }, nodeId);
      return listed.groups[0]!.errorCode === 0 ? nodeId : undefined;
    });
    return new Group(cluster, id, coordinator);
  }

  private constructor(cluster: Cluster, id: string, coordinator: number) {
    this.#cluster = cluster;
    this.id = id;
    this.coordinator = coordinator;
  }

  /** A client with a connection of its own, on which a reply may be waited for. */
  async client(): Promise<GroupClient> {
    return new GroupClient(this, await this.#cluster.connect(this.coordinator));
  }

  async describe(version = 5) {
    const body = { groups: [this.id] };
    const reply = await this.#cluster.request(apis.DescribeGroups, version, body, this.coordinator);
    const { errorCode, ...rest } = reply.groups[0]!;
    return { error: errorName(errorCode), ...rest };
  }

  /** Until the group is in this state. */
  async untilState(state: string): Promise<void> {
    await until(`${this.id} is ${state}`, async () =>
      (await this.describe()).groupState === state ? true : undefined,
    );
  }

  /** Commits one offset of one topic; without a member unless said. */
  async commit(topic: { name: string; id: string }, offset: number, options: OffsetOptions = {}) {
    const reply = await this.#cluster.request(
      apis.OffsetCommit,
      options.version ?? 9,
      {
        groupId: this.id,
        memberId: options.memberId ?? '',
        generationIdOrMemberEpoch: options.generationId ?? -1,
        groupInstanceId: options.instanceId ?? null,
        topics: [
          {
            name: topic.name,
            topicId: topic.id,
            partitions: [
              {
                partitionIndex: options.partition ?? 0,
                committedOffset: offset,
                committedMetadata: options.metadata ?? null,
              },
            ],
          },
        ],
      },
      this.coordinator,
    );
    return errorName(reply.topics[0]!.partitions[0]!.errorCode);
  }

  /** What is committed of one partition. */
  async committed(topic: { name: string; id: string }, options: OffsetOptions = {}) {
    const { partition = 0, version = 9 } = options;
    const asked = { name: topic.name, topicId: topic.id, partitionIndexes: [partition] };
    const body =
      version >= 8
        ? { groups: [{ groupId: this.id, topics: [asked] }] }
        : { groupId: this.id, topics: [{ name: topic.name, partitionIndexes: [partition] }] };
    const reply = await this.#cluster.request(apis.OffsetFetch, version, body, this.coordinator);
    const topics = version >= 8 ? reply.groups[0]!.topics : reply.topics;
    const { errorCode, committedOffset, metadata } = topics[0]!.partitions[0]!;
    return { error: errorName(errorCode), offset: committedOffset, metadata };
  }
}

const newGroupId = (): string => `group-${process.pid}-${Date.now().toString(36)}-${++groupsMade}`;

/** Somebody who may become a member. */
class GroupClient {
  readonly group: Group;
  readonly connection: Connection;
  memberId = '';
  generationId = -1;

  constructor(group: Group, connection: Connection) {
    this.group = group;
    this.connection = connection;
  }

  async join(options: JoinOptions = {}) {
    const { protocols = { range: 'subscription' }, version = 9 } = options;
    const reply = await this.connection.request(apis.JoinGroup, version, {
      groupId: this.group.id,
      sessionTimeoutMs: options.sessionTimeoutMs ?? 30_000,
      rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 30_000,
      memberId: options.memberId ?? this.memberId,
      groupInstanceId: options.instanceId ?? null,
      protocolType: options.protocolType ?? 'test',
      protocols: Object.entries(protocols).map(([name, metadata]) => ({
        name,
        metadata: Buffer.from(metadata),
      })),
    });
    const { errorCode, members, ...rest } = reply;
    this.memberId = rest.memberId;
    this.generationId = rest.generationId;
    return {
      error: errorName(errorCode),
      members: members.map(({ memberId, groupInstanceId, metadata }) => ({
        memberId,
        groupInstanceId,
        metadata: String(metadata),
      })),
      ...rest,
    };
  }

  /** Joins as Kafka's own consumers do: with the member id that the first answer gives. */
  async enter(options: JoinOptions = {}) {
    const first = await this.join(options);
    return first.error === 'MEMBER_ID_REQUIRED' ? await this.join(options) : first;
  }

  /** `assignments`: by member id, from the leader. */
  async sync(assignments: Readonly<Record<string, string>> = {}, options: SyncOptions = {}) {
    const { errorCode, assignment, ...rest } = await this.connection.request(apis.SyncGroup, 5, {
      groupId: this.group.id,
      generationId: options.generationId ?? this.generationId,
      memberId: options.memberId ?? this.memberId,
      groupInstanceId: options.instanceId ?? null,
      protocolType: options.protocolType ?? 'test',
      protocolName: options.protocolName ?? 'range',
      assignments: Object.entries(assignments).map(([memberId, text]) => ({
        memberId,
        assignment: Buffer.from(text),
      })),
    });
    return { error: errorName(errorCode), assignment: String(assignment), ...rest };
  }

  async heartbeat(options: SyncOptions = {}) {
    const reply = await this.connection.request(apis.Heartbeat, 4, {
      groupId: this.group.id,
      generationId: options.generationId ?? this.generationId,
      memberId: options.memberId ?? this.memberId,
      groupInstanceId: options.instanceId ?? null,
    });
    return errorName(reply.errorCode);
  }

  async leave(memberId = this.memberId, instanceId: string | null = null) {
    const reply = await this.connection.request(apis.LeaveGroup, 5, {
      groupId: this.group.id,
      members: [{ memberId, groupInstanceId: instanceId, reason: null }],
    });
    const top = errorName(reply.errorCode);
    return top === 'NONE' ? errorName(reply.members[0]!.errorCode) : top;
  }

  /** Enters and assigns: the group is stable with this one member. */
  async alone(options: JoinOptions = {}) {
    const joined = await this.enter(options);
    const synced = await this.sync({ [this.memberId]: 'all' }, options);
    return { joined, synced };
  }
}

interface SyncOptions {
  readonly generationId?: number;
  readonly memberId?: string;
  readonly instanceId?: string | null;
  readonly protocolType?: string;
  readonly protocolName?: string;
}
