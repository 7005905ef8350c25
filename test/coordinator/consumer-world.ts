import type { RequestOf, ResponseOf } from '../../src/broker/request-context.ts';
import { errorName, type GroupWorld } from './group-world.ts';

type Heartbeat = RequestOf<'ConsumerGroupHeartbeat'>;
type TopicPartitions = NonNullable<Heartbeat['topicPartitions']>;

interface ConsumerOptions {
  readonly memberId?: string;
  readonly instanceId?: string | null;
  readonly topics?: readonly string[];
  readonly expression?: string | null;
  readonly rebalanceTimeoutMs?: number;
  readonly assignor?: string | null;
}

let made = 0;

/** A member of the consumer group `g`, that is subscribed to `orders` unless it says otherwise. */
export class Consumer {
  readonly memberId: string;
  readonly instanceId: string | null;
  memberEpoch = 0;
  owned: TopicPartitions = [];
  readonly #world: GroupWorld;
  readonly #options: ConsumerOptions;
  #hasLostReply = false;

  constructor(world: GroupWorld, options: ConsumerOptions = {}) {
    this.#world = world;
    this.#options = options;
    this.memberId = options.memberId ?? `m${++made}`;
    this.instanceId = options.instanceId ?? null;
  }

  join(): string {
    this.memberEpoch = 0;
    this.owned = [];
    return this.beat({ ...this.#everything, topicPartitions: [] });
  }

  get #everything(): Partial<Heartbeat> {
    const { topics = ['orders'], expression = null, rebalanceTimeoutMs = 30_000 } = this.#options;
    return {
      ...{ rebalanceTimeoutMs, subscribedTopicRegex: expression },
      subscribedTopicNames: expression === null ? topics : null,
      serverAssignor: this.#options.assignor ?? null,
    };
  }

  /** One heartbeat, and what the group says: an error's name. */
  beat(body: Partial<Heartbeat> = {}): string {
    const { memberId, memberEpoch, instanceId } = this;
    const reply = this.#world.send(
      this.#world.coordinator,
      'ConsumerGroupHeartbeat',
      {
        ...{ groupId: 'g', memberId, memberEpoch, instanceId, rackId: null },
        ...{ rebalanceTimeoutMs: -1, subscribedTopicNames: null, subscribedTopicRegex: null },
        ...{ serverAssignor: null, topicPartitions: null },
        ...body,
      },
      1,
    );
    const response = reply.value as ResponseOf<'ConsumerGroupHeartbeat'> | undefined;
    if (response === undefined) return 'no reply';
    if (response.errorCode === 0) {
      this.memberEpoch = response.memberEpoch;
      if (response.assignment !== null) this.owned = response.assignment.topicPartitions;
    }
    return errorName(response.errorCode);
  }

  /** A heartbeat of a client that owns what it was last given. */
  step(body: Partial<Heartbeat> = {}): string {
    const all = this.#hasLostReply ? this.#everything : {};
    this.#hasLostReply = false;
    return this.beat({ ...all, topicPartitions: this.owned, ...body });
  }

  /** The coordinator does it, and the client does not know: it says everything with the next. */
  loseReply(): void {
    const { memberEpoch, owned } = this;
    this.step();
    Object.assign(this, { memberEpoch, owned });
    this.#hasLostReply = true;
  }

  leave(memberEpoch = -1): string {
    return this.beat({ memberEpoch });
  }

  /** As in `orders 0 1`. */
  get partitions(): string {
    const { topicsById } = this.#world.cluster.metadata;
    return this.owned
      .map(({ topicId, partitions }) => `${topicsById.get(topicId)!.name} ${partitions.join(' ')}`)
      .sort()
      .join(', ');
  }

  get size(): number {
    return this.owned.reduce((sum, { partitions }) => sum + partitions.length, 0);
  }
}

/** Everybody's heartbeats, until nobody is told anything new; time passes between the rounds. */
export function converge(world: GroupWorld, consumers: readonly Consumer[]): void {
  for (let round = 0; round < 20; round++) {
    world.advance(1000);
    for (const consumer of consumers) consumer.step();
    if (describe(world).groupState === 'Stable') return;
  }
  throw new Error(`the group is ${describe(world).groupState}`);
}

export function describe(world: GroupWorld, groupId = 'g') {
  const request = { groupIds: [groupId], includeAuthorizedOperations: false };
  const { value } = world.send(world.coordinator, 'ConsumerGroupDescribe', request, 1);
  return (value as ResponseOf<'ConsumerGroupDescribe'>).groups[0]!;
}
