import type { RequestOf, ResponseOf } from '../../src/broker/request-context.ts';
import type { ClusterEvent } from '../../src/cluster/cluster-event.ts';
import { coordinatorPartition } from '../../src/coordinator/java-string-hash.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { ZERO_UUID } from '../../src/protocol/types.ts';
import { World } from '../cluster/world.ts';

type GroupApi = 'JoinGroup' | 'SyncGroup' | 'Heartbeat' | 'LeaveGroup' | 'OffsetCommit';

interface WorldOptions {
  readonly brokers?: number;
  readonly seed?: number;
  readonly config?: Record<string, string>;
}

interface MemberOptions {
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  readonly groupInstanceId?: string | null;
}

const errorNames = new Map<number, string>(
  Object.entries(ErrorCode).map(([name, code]) => [code, name]),
);
export const errorName = (code: number): string => errorNames.get(code) ?? String(code);

/** A cluster in virtual time with one group, `g`, and the topic `orders`. */
export class GroupWorld extends World {
  readonly events: { atMs: number; about: string; event: ClusterEvent }[] = [];

  constructor(options: WorldOptions = {}) {
    const config = { 'offsets.topic.num.partitions': '4', ...options.config };
    super({ ...options, config });
    this.cluster.trace.subscribe(({ atMs, about, event }) => {
      if (about === 'g') this.events.push({ atMs, about, event });
    });
    const brokerIds = this.cluster.brokerIds;
    this.createTopic('orders', [brokerIds, brokerIds, brokerIds, brokerIds]);
    this.send(this.anyBroker(), 'FindCoordinator', {
      key: '',
      keyType: 0,
      coordinatorKeys: ['g'],
    });
  }

  get offsetsPartition(): number {
    const topic = this.cluster.metadata.topicsByName.get('__consumer_offsets');
    return coordinatorPartition('g', topic!.partitions.length);
  }

  get coordinator(): number {
    return this.leader('__consumer_offsets', this.offsetsPartition);
  }

  /** The state of the group as its coordinator tells it. */
  state(): string {
    return this.#described().groupState;
  }

  members(): string[] {
    return this.#described().members.map(({ memberId }) => memberId);
  }

  /** Another broker coordinates the group, and this one goes on without it. */
  moveCoordinator(): void {
    const { offsetsPartition: partitionIndex, coordinator, cluster } = this;
    const replicas = cluster.brokerIds.filter((id) => id !== coordinator);
    this.send(coordinator, 'AlterPartitionReassignments', {
      ...{ timeoutMs: 1000, allowReplicationFactorChange: true },
      topics: [{ name: '__consumer_offsets', partitions: [{ partitionIndex, replicas }] }],
    });
    this.advance(1000);
  }

  /** `orders` has one partition more. */
  addPartition(): void {
    const count = this.cluster.metadata.topicsByName.get('orders')!.partitions.length + 1;
    const topics = [{ name: 'orders', count, assignments: null }];
    const request = { topics, timeoutMs: 1000, validateOnly: false };
    this.send(this.anyBroker(), 'CreatePartitions', request);
  }

  get partitions(): number[] {
    const { partitions } = this.cluster.metadata.topicsByName.get('orders')!;
    return partitions.map((_, partition) => partition);
  }

  commit(
    offset: number,
    member?: Pick<Member, 'memberId' | 'generationId'>,
    partition = 0,
  ): () => string | undefined {
    const partitions = [
      {
        partitionIndex: partition,
        committedOffset: offset,
        committedLeaderEpoch: -1,
        committedMetadata: null,
      },
    ];
    const reply = this.ask('OffsetCommit', 9, {
      groupId: 'g',
      generationIdOrMemberEpoch: member?.generationId ?? -1,
      memberId: member?.memberId ?? '',
      groupInstanceId: null,
      retentionTimeMs: -1,
      topics: [{ name: 'orders', topicId: ZERO_UUID, partitions }],
    });
    return () => {
      const errorCode = reply()?.topics[0]?.partitions[0]?.errorCode;
      return errorCode === undefined ? undefined : errorName(errorCode);
    };
  }

  committed(partition = 0, brokerId = this.coordinator): number {
    const topics = [{ name: 'orders', topicId: ZERO_UUID, partitionIndexes: [partition] }];
    const groups = [{ groupId: 'g', memberId: null, memberEpoch: -1, topics }];
    const request = { groupId: '', topics: [], groups, requireStable: false };
    const { value } = this.send(brokerId, 'OffsetFetch', request, 9);
    const group = (value as ResponseOf<'OffsetFetch'>).groups[0]!;
    return group.topics[0]?.partitions[0]?.committedOffset ?? -group.errorCode;
  }

  ask<Api extends GroupApi>(
    api: Api,
    apiVersion: number,
    request: RequestOf<Api>,
  ): () => ResponseOf<Api> | undefined {
    const reply = this.send(this.coordinator, api, request, apiVersion);
    return () => reply.value as ResponseOf<Api> | undefined;
  }

  #described() {
    const request = { groups: ['g'], includeAuthorizedOperations: false };
    const { value } = this.send(this.coordinator, 'DescribeGroups', request, 5);
    return (value as ResponseOf<'DescribeGroups'>).groups[0]!;
  }
}

/** Somebody who is or wants to be in the group. A reply that is not there yet is undefined. */
export class Member {
  readonly #world: GroupWorld;
  readonly #options: MemberOptions;
  memberId = '';
  generationId = -1;
  assignment = '';

  constructor(world: GroupWorld, options: MemberOptions = {}) {
    this.#world = world;
    this.#options = options;
  }

  /** Version 4 and later have to ask for a member id first; 3 does not. */
  join(apiVersion = 3, protocols: Record<string, string> = { range: '' }) {
    const { sessionTimeoutMs = 10_000, rebalanceTimeoutMs = 30_000 } = this.#options;
    const reply = this.#world.ask('JoinGroup', apiVersion, {
      groupId: 'g',
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      memberId: this.memberId,
      groupInstanceId: this.#options.groupInstanceId ?? null,
      protocolType: 'test',
      protocols: Object.entries(protocols).map(([name, metadata]) => ({
        name,
        metadata: Buffer.from(metadata),
      })),
      reason: null,
    });
    return () => {
      const response = reply();
      if (response === undefined) return undefined;
      const { errorCode, memberId, generationId, leader, members } = response;
      this.memberId = memberId;
      this.generationId = generationId;
      const ids = members.map((member) => member.memberId);
      return { error: errorName(errorCode), leads: leader === memberId, members: ids };
    };
  }

  sync(assignments: Record<string, string> = {}) {
    const reply = this.#world.ask('SyncGroup', 3, {
      groupId: 'g',
      generationId: this.generationId,
      memberId: this.memberId,
      groupInstanceId: this.#options.groupInstanceId ?? null,
      protocolType: null,
      protocolName: null,
      assignments: Object.entries(assignments).map(([memberId, text]) => ({
        memberId,
        assignment: Buffer.from(text),
      })),
    });
    return () => {
      const response = reply();
      if (response === undefined) return undefined;
      this.assignment = Buffer.from(response.assignment).toString();
      return { error: errorName(response.errorCode), assignment: this.assignment };
    };
  }

  heartbeat(): string {
    const reply = this.#world.ask('Heartbeat', 3, {
      groupId: 'g',
      generationId: this.generationId,
      memberId: this.memberId,
      groupInstanceId: this.#options.groupInstanceId ?? null,
    });
    return errorName(reply()!.errorCode);
  }

  leave(): string {
    const request = { groupId: 'g', memberId: this.memberId, members: [] };
    return errorName(this.#world.ask('LeaveGroup', 2, request)()!.errorCode);
  }
}

/** All join, the first leads, and each is assigned its own index. */
export function stable(world: GroupWorld, members: readonly Member[]): void {
  const joins = members.map((member) => member.join());
  const told = joins.map((join) => join());
  if (told.some((join) => join?.error !== 'NONE')) throw new Error(JSON.stringify(told));
  const leader = members.find((_, index) => told[index]!.leads)!;
  const assignments = Object.fromEntries(
    members.map(({ memberId }, index) => [memberId, String(index)]),
  );
  const syncs = members.map((member) => member.sync(member === leader ? assignments : {}));
  for (const sync of syncs) sync();
  if (world.state() !== 'Stable') throw new Error(`the group is ${world.state()}`);
}
