import type { RequestOf } from '../../broker/request-context.ts';
import type { HistoryConsumer } from '../../history/history-consumer.ts';
import type { HistoryProducer } from '../../history/history-producer.ts';
import { watchCoordinator } from '../groups/acting-coordinator.ts';
import { ClassicGroupMember } from '../groups/classic-group-member.ts';
import { ConsumerGroupMember } from '../groups/consumer-group-member.ts';
import type { MemberKind } from '../groups/group-client.ts';
import type { GroupMember } from '../groups/group-member.ts';
import type { GroupApi } from '../groups/member-wire.ts';
import { keyOf, partitionOf } from '../groups/partition-key.ts';
import type { Fate, Laboratory } from '../laboratory.ts';
import { committedRecords, fetchRequest, type ReadRecord } from './committed-records.ts';
import type { AuditedTransaction, TransactionAudit } from './transaction-audit.ts';
import type { ClientVersion, TransactionApi } from './transaction-wire.ts';
import { type Fencing, TransactionalProducer } from './transactional-producer.ts';

interface TransformPlan {
  readonly groupId: string;
  readonly input: string;
  readonly output: string;
  readonly outputPartitions: number;
}

interface TransformClientOptions {
  readonly laboratory: Laboratory;
  readonly plan: TransformPlan;
  readonly audit: TransactionAudit;
  readonly name: string;
  readonly kind: MemberKind;
  readonly transactionalId: string;
  readonly clientVersion: ClientVersion;
  readonly transactionTimeoutMs: number;
  readonly deliveryTimeoutMs: number;
  readonly groupFateOf: (api: GroupApi, request: RequestOf<GroupApi>) => Fate;
  readonly fateOf: (api: TransactionApi) => Fate;
  /** Nothing is aborted any more, and nobody takes his time. */
  readonly isCalm: () => boolean;
  readonly fenced: (client: string, fencing: Fencing) => void;
}

const times = { sessionTimeoutMs: 3000, rebalanceTimeoutMs: 3000, heartbeatIntervalMs: 500 };
const recordsMax = 3;
const thinkingMs = [300, 1500, 4000];

/** One transaction on its way: what was read for it, and of which partitions. */
interface Round {
  readonly transaction: AuditedTransaction;
  readonly records: readonly ReadRecord[];
  /** A partition was lost meanwhile: another has it, and the transaction is aborted. */
  isLost: boolean;
}

/**
 * Consume, transform, produce: a member of a group that writes what it makes of its input, and how
 * far it has read, in one transaction, as Kafka Streams does with exactly_once_v2.
 */
export class TransformClient {
  readonly member: ClassicGroupMember | ConsumerGroupMember;
  readonly producer: TransactionalProducer;
  readonly #options: TransformClientOptions;
  /** Where to read on, of each partition that it has and whose committed offset it knows. */
  readonly #positions = new Map<string, number>();
  /** Of each partition that it has: counts up when it gets another, for then it begins anew. */
  readonly #tenures = new Map<string, number>();
  readonly #sends: HistoryProducer;
  readonly #reads: HistoryConsumer;
  #lastTenure = 0;
  #isBusy = true;
  #round: Round | undefined;
  /** Who waits for the transaction to end, to let go of partitions. */
  #letGo: (() => void) | undefined;

  constructor(options: TransformClientOptions) {
    this.#options = options;
    const { laboratory, plan, name, kind, groupFateOf, audit } = options;
    this.#sends = audit.history.producer(name);
    this.#reads = audit.history.consumer(name, { group: plan.groupId, fromBeginning: true });
    const of = {
      ...{ laboratory, name, groupId: plan.groupId, topics: [plan.input], ...times },
      fateOf: groupFateOf,
      ownedChanged: (member: GroupMember) => this.#ownedChanged(member.owned),
      letGo: (_: ReadonlySet<string>, drop: () => void) => {
        if (this.#round === undefined) drop();
        else this.#letGo = drop;
      },
    };
    this.member =
      kind === 'consumer'
        ? new ConsumerGroupMember(of)
        : new ClassicGroupMember({ ...of, cooperative: kind === 'cooperative' });
    const { process } = this.member.wire;
    const fenced = (fencing: Fencing) => {
      options.fenced(name, fencing);
      this.member.leave();
    };
    this.producer = new TransactionalProducer({ ...options, process, fenced });
  }

  get name(): string {
    return this.#options.name;
  }

  get isLive(): boolean {
    return this.member.state !== 'outside';
  }

  /** Between transactions, with nothing asked. */
  get isIdle(): boolean {
    return !this.#isBusy;
  }

  start(): void {
    this.producer.init(() => {
      this.#isBusy = false;
      this.member.start();
    });
  }

  /** Reads something, if it has nothing else to do, and transforms it. */
  transform(): void {
    if (this.#isBusy || this.member.state !== 'stable' || this.member.owned.size === 0) return;
    this.#isBusy = true;
    const unknown = [...this.member.owned].filter((key) => !this.#positions.has(key));
    if (unknown.length > 0) this.#fetchPositions(unknown);
    else this.#poll([...this.member.owned]);
  }

  #ownedChanged(owned: ReadonlySet<string>): void {
    for (const key of [...this.#tenures.keys()]) {
      if (owned.has(key)) continue;
      this.#tenures.delete(key);
      this.#positions.delete(key);
      const round = this.#round;
      if (round?.records.some((record) => keyOf(record) === key)) round.isLost = true;
    }
    for (const key of owned) {
      if (!this.#tenures.has(key)) this.#tenures.set(key, ++this.#lastTenure);
    }
    this.#reads.assigned([...owned].map(partitionOf));
  }

  #fetchPositions(keys: readonly string[]): void {
    const tenures = new Map(this.#tenures);
    const fetched = this.#reads.fetchOffsets();
    const { laboratory, plan } = this.#options;
    const hasCoordinated = watchCoordinator(laboratory.cluster, plan.groupId);
    this.member.fetchOffsets(keys, ({ offsets, brokerId }) => {
      this.#isBusy = false;
      // Who has been replaced and does not know it tells what it has, in Kafka too. Whether harm
      // comes of that H-06 tells.
      if (offsets !== undefined && hasCoordinated(brokerId)) fetched(placed(offsets));
      for (const [key, offset] of offsets ?? []) {
        if (tenures.get(key) !== this.#tenures.get(key)) continue;
        this.#positions.set(key, Math.max(offset, 0));
      }
      if (offsets !== undefined) this.transform();
    });
  }

  #poll(keys: readonly string[]): void {
    const { choices } = this.#options.laboratory;
    const first = choices.choose(keys.length, 'partition read first');
    const polled = [...keys.slice(first), ...keys.slice(0, first)].slice(0, 2);
    const records: ReadRecord[] = [];
    const tenures = new Map(this.#tenures);
    const isSame = (key: string) =>
      tenures.get(key) !== undefined && tenures.get(key) === this.#tenures.get(key);
    let waitsFor = polled.length;
    for (const key of polled) {
      const target = partitionOf(key);
      const position = this.#positions.get(key)!;
      const request = fetchRequest(target, position);
      this.producer.wire.toLeader(target, 'Fetch', request, (heard) => {
        const read =
          typeof heard === 'string' ? undefined : committedRecords(heard, target, position);
        records.push(...(read?.records.slice(0, recordsMax) ?? []));
        waitsFor--;
        if (waitsFor === 0) this.#polled(records.filter((record) => isSame(keyOf(record))));
      });
    }
  }

  #polled(records: readonly ReadRecord[]): void {
    if (records.length === 0) {
      this.#isBusy = false;
      return;
    }
    const { audit, plan, name } = this.#options;
    const transaction = audit.begin(name, this.#sends);
    const round: Round = { transaction, records, isLost: false };
    this.#reads.read(records, transaction.history);
    this.#round = round;
    const outputs = new Map<number, string[]>();
    for (const record of records) {
      const partition = (record.partition + record.offset) % plan.outputPartitions;
      const values = outputs.get(partition) ?? [];
      outputs.set(partition, values);
      values.push(round.transaction.transform(record));
    }
    const targets = [...outputs.keys()].map((partition) => ({ topic: plan.output, partition }));
    this.producer.addPartitions(targets, (isAdded) => {
      if (isAdded) this.#produce(round, outputs);
      else this.#end(round, false);
    });
  }

  #produce(round: Round, outputs: ReadonlyMap<number, readonly string[]>): void {
    let waitsFor = outputs.size;
    let isWritten = true;
    for (const [partition, values] of outputs) {
      const target = { topic: this.#options.plan.output, partition };
      const sent = round.transaction.history.send(values.map((value) => ({ ...target, value })));
      this.producer.send(target, values, (offset) => {
        if (offset === undefined) isWritten = false;
        else sent.acknowledged({ partition, offset });
        waitsFor--;
        if (waitsFor > 0) return;
        if (isWritten) this.#think(() => this.#commitOffsets(round));
        else this.#end(round, false);
      });
    }
  }

  /** Some transactions take long. */
  #think(then: () => void): void {
    const { laboratory, isCalm } = this.#options;
    const { choices } = laboratory;
    if (isCalm() || !choices.chance(3, 'takes its time')) then();
    else this.member.wire.process.after(choices.pick(thinkingMs, 'how long'), then);
  }

  #commitOffsets(round: Round): void {
    const { laboratory, isCalm } = this.#options;
    const isUnwanted = !isCalm() && laboratory.choices.chance(6, 'aborts');
    // As when a consumer is told that partitions are lost: they may be somebody else's by now.
    if (isUnwanted || round.isLost) {
      this.#end(round, false);
      return;
    }
    const { groupId, memberId, epoch, instanceId } = this.member;
    const identity = { groupId, memberId, groupInstanceId: instanceId };
    const member = { ...identity, generationIdOrMemberEpoch: epoch };
    const offsets = offsetsOf(round.records);
    this.producer.sendOffsets(member, offsets, (isDone) => {
      if (!isDone) {
        this.#end(round, false);
        return;
      }
      round.transaction.history.commitOffsets(groupId, placed(offsets));
      this.#think(() => this.#end(round, true));
    });
  }

  #end(round: Round, committed: boolean): void {
    const { transaction } = round;
    if (committed) transaction.committing();
    this.producer.end(committed, (hasEnded) => {
      if (!hasEnded && committed) {
        this.#end(round, false);
        return;
      }
      transaction.ended(committed ? 'committed' : 'aborted');
      this.#ended(round, committed);
    });
  }

  #ended(round: Round, committed: boolean): void {
    for (const [key, offset] of offsetsOf(round.records)) {
      if (committed && !round.isLost) this.#positions.set(key, offset);
      else this.#positions.delete(key);
    }
    if (!committed) this.#reads.moved(round.records);
    this.#round = undefined;
    this.#isBusy = false;
    const letGo = this.#letGo;
    this.#letGo = undefined;
    letGo?.();
  }
}

const placed = (offsets: ReadonlyMap<string, number>) =>
  [...offsets].map(([key, offset]) => ({ ...partitionOf(key), offset }));

const offsetsOf = (records: readonly ReadRecord[]): Map<string, number> =>
  new Map(records.map((record) => [keyOf(record), record.offset + 1]));
