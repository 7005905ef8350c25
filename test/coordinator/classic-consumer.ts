import { readAssignment, writeAssignment } from '../../src/coordinator/consumer-protocol.ts';
import { struct } from '../../src/protocol/struct.ts';
import { array, bytes, int32, nullable, string } from '../../src/protocol/types.ts';
import { Writer } from '../../src/protocol/writer.ts';
import { errorName, type GroupWorld } from './group-world.ts';

const metadata = struct({
  topics: array(string),
  userData: nullable(bytes),
  ownedPartitions: array({ topic: string, partitions: array(int32) }),
});

/** Version 1, of one that owns nothing. */
function subscriptionTo(topics: readonly string[]): Uint8Array {
  const to = new Writer();
  to.int16(1);
  const { write } = metadata.at({ number: 0, flexible: false });
  write(to, { topics, userData: null, ownedPartitions: [] });
  return Buffer.concat(to.finish());
}

interface ClassicConsumerOptions {
  readonly instanceId?: string | null;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  /** The names of its protocols, the best first. */
  readonly protocols?: readonly string[];
}

/**
 * A consumer of the classic protocol, as simple as can be: it joins, assigns if it leads, fetches
 * its assignment, and sends heartbeats until it is told to join again. It is eager: before it joins
 * it lets go of all.
 */
export class ClassicConsumer {
  readonly groupId = 'g';
  readonly instanceId: string | null;
  memberId = '';
  generationId = -1;
  /** The partitions of `orders`, by its own account. */
  owned: readonly number[] = [];
  running = true;
  /** Whatever else than an assignment it was told last. */
  lastError = 'NONE';
  readonly #world: GroupWorld;
  readonly #options: ClassicConsumerOptions;
  #isSynced = false;
  #protocolName: string | null = null;
  /** Of how many partitions it knows that they are somebody's, if it leads. */
  #assigned: number | undefined;
  #join: ReturnType<ClassicConsumer['sendJoin']> | undefined;
  #sync: ReturnType<ClassicConsumer['sendSync']> | undefined;

  constructor(world: GroupWorld, options: ClassicConsumerOptions = {}) {
    this.#world = world;
    this.#options = options;
    this.instanceId = options.instanceId ?? null;
  }

  get isWaiting(): boolean {
    return this.#join !== undefined || this.#sync !== undefined;
  }

  /** The coordinator has not answered yet. */
  get isParked(): boolean {
    return this.isWaiting && this.#join?.() === undefined && this.#sync?.() === undefined;
  }

  /** Whatever it waits for will not come: its connection is gone. */
  lose(): void {
    this.#join = undefined;
    this.#sync = undefined;
  }

  /** It is gone without a word. */
  stop(): void {
    this.lose();
    this.running = false;
    this.#letGo();
  }

  /** A process of its own: it knows nothing of what was before. */
  restart(): void {
    this.stop();
    this.memberId = '';
    this.running = true;
  }

  leave(): string {
    const { groupId, memberId, instanceId: groupInstanceId } = this;
    const members = [{ memberId, groupInstanceId, reason: null }];
    const reply = this.#world.ask('LeaveGroup', 5, { groupId, memberId: '', members })();
    this.stop();
    this.memberId = '';
    return errorName(reply!.members[0]!.errorCode);
  }

  /** What it does when it gets round to it. */
  step(): void {
    if (!this.running) return;
    if (this.#join !== undefined) this.#joined();
    else if (this.#sync !== undefined) this.#synced();
    else if (!this.#isSynced || this.#missesPartitions) this.#startJoin();
    else if (this.heartbeat() !== 'NONE') this.#startJoin();
  }

  heartbeat(): string {
    const { groupId, memberId, generationId, instanceId: groupInstanceId } = this;
    const request = { groupId, memberId, generationId, groupInstanceId };
    return this.#failed(errorName(this.#world.ask('Heartbeat', 4, request)()!.errorCode));
  }

  sendJoin() {
    const { groupId, memberId, instanceId: groupInstanceId } = this;
    const { sessionTimeoutMs = 6000, rebalanceTimeoutMs = 6000 } = this.#options;
    return this.#world.ask('JoinGroup', 9, {
      ...{ groupId, memberId, groupInstanceId, sessionTimeoutMs, rebalanceTimeoutMs },
      ...{ protocolType: 'consumer', reason: null },
      protocols: (this.#options.protocols ?? ['range']).map((name) => ({
        ...{ name, metadata: subscriptionTo(['orders']) },
      })),
    });
  }

  sendSync(assignments: readonly { memberId: string; assignment: Uint8Array }[] = []) {
    const { groupId, memberId, generationId, instanceId: groupInstanceId } = this;
    return this.#world.ask('SyncGroup', 5, {
      ...{ groupId, memberId, generationId, groupInstanceId },
      ...{ protocolType: 'consumer', protocolName: this.#protocolName, assignments },
    });
  }

  /** Who leads looks for new partitions. */
  get #missesPartitions(): boolean {
    return this.#assigned !== undefined && this.#assigned !== this.#world.partitions.length;
  }

  #startJoin(): void {
    this.#letGo();
    this.#join = this.sendJoin();
    this.#joined();
  }

  #letGo(): void {
    this.owned = [];
    this.#isSynced = false;
    this.#assigned = undefined;
  }

  #joined(): void {
    const told = this.#join?.();
    if (told === undefined) return;
    this.#join = undefined;
    if (this.#failed(errorName(told.errorCode)) === 'MEMBER_ID_REQUIRED') {
      this.memberId = told.memberId;
    }
    if (told.errorCode !== 0) return;
    this.memberId = told.memberId;
    this.generationId = told.generationId;
    this.#protocolName = told.protocolName;
    const leads = told.leader === told.memberId;
    const assigns = leads && !told.skipAssignment;
    this.#assigned = leads ? 0 : undefined;
    if (assigns) this.#assigned = this.#world.partitions.length;
    this.#sync = this.sendSync(assigns ? this.#shares(told.members) : []);
    this.#synced();
  }

  #synced(): void {
    const told = this.#sync?.();
    if (told === undefined) return;
    this.#sync = undefined;
    if (this.#failed(errorName(told.errorCode)) !== 'NONE') return;
    this.#isSynced = true;
    const { assignedPartitions } = readAssignment(told.assignment) ?? { assignedPartitions: [] };
    this.owned = assignedPartitions.flatMap(({ partitions }) => partitions);
  }

  /** Who is no member any more, or not this one, starts as a new one. */
  #failed(error: string): string {
    this.lastError = error;
    if (error === 'UNKNOWN_MEMBER_ID' || error === 'FENCED_INSTANCE_ID') this.memberId = '';
    return error;
  }

  /** Everybody in turn. */
  #shares(members: readonly { readonly memberId: string; readonly metadata: Uint8Array }[]) {
    return members.map(({ memberId, metadata: subscribed }, index) => {
      const own = this.#world.partitions.filter(
        (partition) => partition % members.length === index,
      );
      const assigned = own.length === 0 ? [] : [{ topic: 'orders', partitions: own }];
      return { memberId, assignment: writeAssignment(assigned, subscribed) };
    });
  }
}
