import type { Cluster } from '../../cluster/cluster.ts';
import type { ClusterEvent } from '../../cluster/cluster-event.ts';
import type { TransactionStatus } from '../../coordinator/transactions/transaction-metadata.ts';
import type { PartitionLog } from '../../log/partition-log.ts';
import { ErrorCode, errorInfo } from '../../protocol/error-code.ts';
import type { Stamped } from '../../simulation/trace.ts';
import { mustHold } from '../invariant-broken.ts';
import type { Target } from '../producer.ts';
import {
  actingCoordinators,
  believedCoordinators,
  transactionTopic,
} from './acting-transaction-coordinators.ts';
import { type OpenTransaction, TransactionLedger } from './transaction-ledger.ts';
import type { Fencing, ProducerIdentity } from './transactional-producer.ts';

interface Options {
  readonly cluster: Cluster;
  /** Where transactions write: the output, and the offsets of the group. */
  readonly targets: readonly Target[];
  readonly producers: () => Iterable<{ readonly name: string; readonly identity: Identity }>;
}

type Identity = ProducerIdentity | undefined;

/** What may follow upon what. */
const transitions: Readonly<Partial<Record<TransactionStatus, readonly TransactionStatus[]>>> = {
  Empty: ['Empty', 'Ongoing', 'PrepareAbort'],
  Ongoing: ['Ongoing', 'PrepareCommit', 'PrepareAbort'],
  PrepareCommit: ['CompleteCommit'],
  PrepareAbort: ['CompleteAbort'],
  CompleteCommit: ['Empty', 'Ongoing', 'PrepareAbort'],
  CompleteAbort: ['Empty', 'Ongoing', 'PrepareAbort'],
};

/** What a producer may hear when its epoch is over. */
const fencings: readonly number[] = [
  ErrorCode.PRODUCER_FENCED,
  ErrorCode.INVALID_PRODUCER_EPOCH,
  ErrorCode.INVALID_TXN_STATE,
];

/** I-33 and I-34, after every event: of coordinators, of partitions and of clients together. */
export class TransactionInvariants {
  readonly #options: Options;
  readonly #ledgers = new Map<PartitionLog, TransactionLedger>();
  /** By producer id: the highest epoch that a coordinator has ever had for it. */
  readonly #epochs = new Map<number, number>();
  /** Who has coordinated a partition in a leader epoch. */
  readonly #coordinators = new Map<string, number>();
  /** How what had an epoch of its own has ended, by producer id and the marker's epoch. */
  readonly #outcomes = new Map<string, boolean>();
  /** By leadership, when it was last seen. */
  readonly #stable = new Map<string, number>();
  #isTouched = true;

  constructor(options: Options) {
    this.#options = options;
    options.cluster.trace.subscribe((stamped) => this.#note(stamped));
  }

  /** After an event. */
  check(): void {
    if (!this.#isTouched) return;
    this.#isTouched = false;
    this.#checkIdentities();
    this.#checkCoordinators();
    for (const target of this.#options.targets) this.#checkPartition(target);
  }

  /** I-33: nobody is fenced for nothing, but by a coordinator that has been replaced. */
  fenced(name: string, { brokerId, api, errorCode, transactionalId, identity }: Fencing): void {
    if (!this.#isActing(brokerId, transactionalId)) return;
    const { producerId, producerEpoch } = identity;
    const known = this.#epochs.get(producerId) ?? -1;
    const isOver = fencings.includes(errorCode) && known > producerEpoch;
    mustHold('I-33', isOver, () => {
      const heard = errorInfo(errorCode)?.name ?? errorCode;
      const whose = `with epoch ${producerEpoch} of producer ${producerId}`;
      return `${name} hears ${heard} to ${api} ${whose}, whose highest epoch is ${known}`;
    });
  }

  /** It coordinates the transactional id, and has not been replaced. */
  #isActing(brokerId: number, transactionalId: string): boolean {
    const { cluster } = this.#options;
    const shard = cluster.broker(brokerId)?.transactions.shardOf(transactionalId);
    return actingCoordinators(cluster).some((one) => one === shard);
  }

  #note({ node, about, event }: Stamped<ClusterEvent>): void {
    this.#isTouched = true;
    const brokerId = Number(node.slice(node.lastIndexOf(' ') + 1));
    if (event.type === 'transaction-state-changed') {
      this.#noteEpoch(event);
      this.#checkTransition(brokerId, about, event);
    } else if (event.type === 'transactions-loaded') {
      const shard = this.#options.cluster.broker(brokerId)?.transactions.shardAt(event.partition);
      if (shard === undefined || typeof shard === 'number') return;
      for (const { metadata } of shard.all()) this.#noteEpoch(metadata);
    } else if (event.type === 'truncated') {
      this.#ledgers.clear();
    }
  }

  #noteEpoch({ producerId, producerEpoch }: ProducerIdentity): void {
    const known = this.#epochs.get(producerId) ?? -1;
    this.#epochs.set(producerId, Math.max(known, producerEpoch));
  }

  /** I-33: no transition but those that there are. I-34: when it is complete nothing is open. */
  #checkTransition(
    brokerId: number,
    transactionalId: string,
    { from, to, producerId }: Extract<ClusterEvent, { type: 'transaction-state-changed' }>,
  ): void {
    mustHold('I-33', transitions[from]?.includes(to) === true, () => {
      return `${transactionalId} goes from ${from} to ${to}`;
    });
    // To who has been replaced the one before may seem to be complete only now (seed 16293).
    if (!to.startsWith('Complete') || !this.#isActing(brokerId, transactionalId)) return;
    for (const target of this.#options.targets) {
      const open = [...(this.#leader(target)?.ledger.open ?? [])];
      const left = open.find((one) => one.producerId === producerId);
      mustHold('I-34', left === undefined, () => {
        const since = `has no marker and is open since ${left!.firstOffset}`;
        return `${transactionalId} is ${to}, and ${target.topic}-${target.partition} ${since}`;
      });
    }
  }

  /** I-33: two clients with one identity. */
  #checkIdentities(): void {
    const holders = new Map<string, string>();
    for (const { name, identity } of this.#options.producers()) {
      if (identity === undefined) continue;
      const key = `epoch ${identity.producerEpoch} of producer ${identity.producerId}`;
      const other = holders.get(key);
      mustHold('I-33', other === undefined, () => `${other} and ${name} both have ${key}`);
      holders.set(key, name);
    }
  }

  /** I-33: two coordinators in one leader epoch. */
  #checkCoordinators(): void {
    const { cluster } = this.#options;
    const { partitions = [] } = cluster.metadata.topicsByName.get(transactionTopic) ?? {};
    for (const index of partitions.keys()) {
      for (const { brokerId, leaderEpoch } of believedCoordinators(cluster, index)) {
        const key = `${transactionTopic}-${index} in epoch ${leaderEpoch}`;
        const known = this.#coordinators.get(key) ?? brokerId;
        this.#coordinators.set(key, known);
        mustHold('I-33', known === brokerId, () => `${known} and ${brokerId} coordinate ${key}`);
      }
    }
  }

  /** I-34, of what the leader of a partition has. */
  #checkPartition(target: Target): void {
    const found = this.#leader(target);
    if (found === undefined) return;
    const { ledger, log, leadership } = found;
    const where = `${target.topic}-${target.partition}`;
    const { highWatermark, lastStableOffset } = log;
    const expected = ledger.lastStableOffset(highWatermark);
    mustHold('I-34', lastStableOffset === expected, () => {
      return `${where} is stable up to ${lastStableOffset}, by its batches up to ${expected}`;
    });
    const before = this.#stable.get(leadership) ?? 0;
    this.#stable.set(leadership, lastStableOffset);
    mustHold('I-34', lastStableOffset >= before, () => {
      return `${where} was stable up to ${before}, and is up to ${lastStableOffset}`;
    });
    for (const open of ledger.open) this.#checkOpen(where, open);
    this.#checkOutcomes(where, ledger, highWatermark);
  }

  /** I-34: what is open its coordinator knows, or nobody will ever end it. */
  #checkOpen(where: string, { producerId, producerEpoch, firstOffset }: OpenTransaction): void {
    const shards = actingCoordinators(this.#options.cluster);
    const isKnown = shards.some((shard) => {
      if (shard === undefined) return true;
      return [...shard.all()].some(({ metadata }) => {
        // What is decided may have the epoch of its markers, which is the next one.
        const ahead = metadata.producerEpoch - producerEpoch;
        const isOf = ahead === 0 || (ahead === 1 && metadata.status !== 'Ongoing');
        return isOf && metadata.producerId === producerId && metadata.partitions.has(where);
      });
    });
    mustHold('I-34', isKnown, () => {
      return `${where} has a transaction of producer ${producerId} open since ${firstOffset}, of \
which no coordinator knows`;
    });
  }

  /** I-34: all partitions of a transaction say the same of it. */
  #checkOutcomes(where: string, { ended }: TransactionLedger, highWatermark: number): void {
    for (const { producerId, producerEpoch, markerEpoch, markerOffset, committed } of ended) {
      // Before KIP-890 many transactions have the same epoch.
      if (markerEpoch === producerEpoch || markerOffset >= highWatermark) continue;
      const key = `${producerId} ${markerEpoch}`;
      const known = this.#outcomes.get(key) ?? committed;
      this.#outcomes.set(key, known);
      mustHold('I-34', known === committed, () => {
        const what = `producer ${producerId} with epoch ${producerEpoch}`;
        return `${where} has ${what} ${committed ? 'committed' : 'aborted'}, others have not`;
      });
    }
  }

  /** The log of who leads it, for the controller as for itself. */
  #leader({ topic, partition }: Target) {
    const { cluster } = this.#options;
    const image = cluster.metadata.topicsByName.get(topic)?.partitions[partition];
    if (image === undefined || image.leader < 0) return undefined;
    const replica = cluster.replica(image.leader, topic, partition);
    if (replica?.leadership?.leaderEpoch !== image.leaderEpoch) return undefined;
    const { log } = replica;
    let ledger = this.#ledgers.get(log);
    if (ledger === undefined || ledger.nextOffset > log.logEndOffset) {
      ledger = new TransactionLedger();
      this.#ledgers.set(log, ledger);
    }
    ledger.readOn(log);
    return { ledger, log, leadership: `${topic}-${partition} in epoch ${image.leaderEpoch}` };
  }
}
