import { ErrorCode } from '../../protocol/error-code.ts';
import { coordinatorError } from '../coordinator-error.ts';
import { CoordinatorJournal } from '../coordinator-journal.ts';
import type { CoordinatorLog } from '../coordinator-log.ts';
import { decideEnd, type EndRequest } from './end-transaction.ts';
import { decideInit, type ProducerIdAndEpoch } from './init-producer.ts';
import type { Transaction } from './transaction.ts';
import type { TransactionHost } from './transaction-host.ts';
import { TransactionMarkers } from './transaction-markers.ts';
import {
  decodeTransaction,
  encodeTransaction,
  type TransactionMetadata,
  type TransactionPartitions,
  type TransactionRecord,
} from './transaction-metadata.ts';
import {
  abortAndFence,
  addPartitions,
  bumpsEpoch,
  complete,
  isEpochExhausted,
  newTransaction,
} from './transitions.ts';

interface ShardOptions {
  readonly partition: number;
  /** The leader epoch in which this broker leads the partition. */
  readonly coordinatorEpoch: number;
  readonly log: CoordinatorLog;
  readonly host: TransactionHost;
}

interface InitRequest {
  readonly transactionalId: string;
  readonly timeoutMs: number;
  readonly expected: ProducerIdAndEpoch | undefined;
}

interface AddRequest extends ProducerIdAndEpoch {
  readonly transactionalId: string;
  readonly partitions: TransactionPartitions;
}

type Reply = (errorCode: ErrorCode) => void;
type ProducerReply = (errorCode: ErrorCode, producer: ProducerIdAndEpoch) => void;

const nobody: ProducerIdAndEpoch = { producerId: -1, producerEpoch: -1 };

/**
 * What one partition of `__transaction_state` says, kept by the broker that leads it. A transition
 * counts when it is committed; while it is written its id has it pending and takes nothing else.
 * What was decided, this broker or the next one to coordinate brings to its end.
 */
export class TransactionShard {
  readonly #options: ShardOptions;
  readonly #journal: CoordinatorJournal<TransactionRecord>;
  readonly #markers: TransactionMarkers;
  readonly #transactions = new Map<string, Transaction>();

  constructor(options: ShardOptions) {
    const { host, coordinatorEpoch } = options;
    this.#options = options;
    this.#journal = new CoordinatorJournal(options.log, host.clock, {
      encode: (record) => encodeTransaction(record, host.transactionVersion),
      decode: decodeTransaction,
      replay: (record) => this.#replay(record),
      replayMarker: () => {},
      loaded: () => this.#loaded(),
    });
    const isActive = () => this.#journal.isActive;
    this.#markers = new TransactionMarkers({ host, coordinatorEpoch, isActive });
  }

  get isActive(): boolean {
    return this.#journal.isActive;
  }

  get isLoading(): boolean {
    return this.#journal.isLoading;
  }

  get(transactionalId: string): TransactionMetadata | undefined {
    return this.#transactions.get(transactionalId)?.metadata;
  }

  all(): Iterable<Transaction> {
    return this.#transactions.values();
  }

  highWatermarkAdvanced(): void {
    this.#journal.highWatermarkAdvanced();
  }

  unload(): void {
    const wasActive = this.isActive;
    this.#journal.unload(() => {});
    const { partition } = this.#options;
    if (wasActive) this.#options.host.emit({ type: 'transactions-unloaded', partition }, '');
  }

  /** A producer begins, or begins anew: it gets its epoch, and who had it before is fenced. */
  initProducer(request: InitRequest, reply: ProducerReply, newProducerId?: number): void {
    const { transactionalId, timeoutMs, expected } = request;
    const again = () => this.#withProducerId(reply, (id) => this.initProducer(request, reply, id));
    const nowMs = this.#nowMs;
    let transaction = this.#transactions.get(transactionalId);
    if (transaction === undefined) {
      if (newProducerId === undefined) {
        again();
        return;
      }
      const metadata = newTransaction(newProducerId, timeoutMs, nowMs);
      transaction = { transactionalId, metadata, pending: undefined };
      this.#transactions.set(transactionalId, transaction);
    }
    const decision =
      transaction.pending === undefined
        ? decideInit(transaction.metadata, { expected, timeoutMs, nowMs, newProducerId })
        : ErrorCode.CONCURRENT_TRANSACTIONS;
    if (decision === 'needs-producer-id') again();
    else if (decision === 'fence') {
      // It comes again until the transaction is aborted.
      this.#abort(transaction, (errorCode) =>
        reply(errorCode || ErrorCode.CONCURRENT_TRANSACTIONS, nobody),
      );
    } else if (typeof decision === 'number') reply(decision, nobody);
    else {
      this.#transit(transaction, decision, (errorCode) => {
        reply(errorCode, errorCode === ErrorCode.NONE ? decision : nobody);
      });
    }
  }

  /** The transaction will write to these partitions: they will get its marker. */
  addPartitions(request: AddRequest, clientTransactionVersion: number, reply: Reply): void {
    const { partitions } = request;
    const transaction = this.#transactions.get(request.transactionalId);
    if (transaction === undefined) {
      reply(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
      return;
    }
    const { metadata, pending } = transaction;
    const errorCode =
      pending === undefined ? checkProducer(metadata, request) : ErrorCode.CONCURRENT_TRANSACTIONS;
    const has = (name: string) => metadata.partitions.has(name);
    const isKnown = metadata.status === 'Ongoing' && [...partitions.keys()].every(has);
    if (errorCode !== ErrorCode.NONE || isKnown) reply(errorCode);
    else {
      const next = addPartitions(metadata, partitions, clientTransactionVersion, this.#nowMs);
      this.#transit(transaction, next, reply);
    }
  }

  /** Whether each of the partitions is part of the transaction (KIP-890). */
  verifyPartitions(request: AddRequest): (name: string) => ErrorCode {
    const metadata = this.get(request.transactionalId);
    const errorCode =
      metadata === undefined
        ? ErrorCode.INVALID_PRODUCER_ID_MAPPING
        : checkProducer(metadata, request);
    return (name) => {
      if (errorCode !== ErrorCode.NONE) return errorCode;
      const isPart = metadata?.partitions.has(name) ?? false;
      return isPart ? ErrorCode.NONE : ErrorCode.TRANSACTION_ABORTABLE;
    };
  }

  /** The answer comes when the end is decided; markers and the next transaction come after. */
  endTransaction(
    transactionalId: string,
    request: EndRequest,
    reply: ProducerReply,
    newProducerId?: number,
  ): void {
    const transaction = this.#transactions.get(transactionalId);
    if (transaction === undefined) {
      reply(ErrorCode.INVALID_PRODUCER_ID_MAPPING, nobody);
      return;
    }
    const { metadata, pending } = transaction;
    const isPending = pending !== undefined;
    const decision = decideEnd(metadata, request, { isPending, newProducerId, nowMs: this.#nowMs });
    if (decision === 'needs-producer-id') {
      this.#withProducerId(reply, (id) => {
        this.endTransaction(transactionalId, request, reply, id);
      });
    } else if (typeof decision === 'number') {
      reply(decision, decision === ErrorCode.NONE ? metadata : nobody);
    } else {
      this.#end(transaction, decision, reply);
    }
  }

  /** Aborts what has been open for longer than its producer allows. */
  abortTimedOut(): void {
    for (const transaction of this.#transactions.values()) {
      const { metadata, pending } = transaction;
      const deadlineMs = metadata.startTimestampMs + metadata.timeoutMs;
      const isOpen = metadata.status === 'Ongoing' && pending === undefined;
      if (isOpen && deadlineMs < this.#nowMs) this.#abort(transaction, () => {});
    }
  }

  /** Forgets the ids that nobody has used for so long. */
  expireIds(): void {
    const sinceMs = this.#nowMs - this.#options.host.settings.transactionalIdExpirationMs;
    const expired = [...this.#transactions.values()].filter(({ metadata, pending }) => {
      const { status, lastUpdateTimestampMs } = metadata;
      const isOver = status === 'Empty' || status.startsWith('Complete');
      return pending === undefined && isOver && lastUpdateTimestampMs <= sinceMs;
    });
    if (expired.length === 0) return;
    for (const transaction of expired) transaction.pending = 'Dead';
    const records = expired.map(({ transactionalId }) => ({ transactionalId, metadata: null }));
    this.#journal.write(records, { timeoutMs: expiryTimeoutMs }, (errorCode) => {
      for (const transaction of expired) {
        transaction.pending = undefined;
        if (errorCode !== ErrorCode.NONE) continue;
        const { transactionalId } = transaction;
        this.#transactions.delete(transactionalId);
        this.#options.host.emit({ type: 'transactional-id-expired' }, transactionalId);
      }
    });
  }

  get #nowMs(): number {
    return this.#options.host.clock.now();
  }

  /** What has been asked may have changed until there is an id. */
  #withProducerId(reply: ProducerReply, then: (producerId: number) => void): void {
    this.#options.host.nextProducerId((producerId) => {
      if (!this.isActive) reply(ErrorCode.NOT_COORDINATOR, nobody);
      else if (producerId === undefined) reply(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, nobody);
      else then(producerId);
    });
  }

  /** Without the client's word, whose producer is fenced by it. */
  #abort(transaction: Transaction, reply: Reply, nextProducerId = -1): void {
    const { metadata, pending } = transaction;
    const { host } = this.#options;
    const clientTransactionVersion = host.transactionVersion;
    if (metadata.status !== 'Ongoing' || pending !== undefined) {
      reply(ErrorCode.CONCURRENT_TRANSACTIONS);
      return;
    }
    const rotates =
      bumpsEpoch(clientTransactionVersion) && isEpochExhausted(metadata.producerEpoch);
    if (rotates && nextProducerId < 0) {
      this.#withProducerId(reply, (id) => this.#abort(transaction, reply, id));
      return;
    }
    const level = bumpsEpoch(clientTransactionVersion) ? clientTransactionVersion : 0;
    const ending = { clientTransactionVersion: level, nextProducerId };
    this.#end(transaction, abortAndFence(metadata, ending, this.#nowMs), reply);
  }

  #end(transaction: Transaction, prepared: TransactionMetadata, reply: ProducerReply): void {
    this.#transit(transaction, prepared, (errorCode) => {
      if (errorCode !== ErrorCode.NONE) {
        reply(errorCode, nobody);
        return;
      }
      const completed = complete(prepared, this.#nowMs);
      reply(errorCode, completed);
      this.#bringToItsEnd(transaction, completed);
    });
  }

  #bringToItsEnd(transaction: Transaction, completed: TransactionMetadata): void {
    transaction.pending = completed.status;
    this.#markers.send(transaction, () => this.#complete(transaction, completed));
  }

  /** Whatever happens, until it is written or another broker coordinates. */
  #complete(transaction: Transaction, completed: TransactionMetadata): void {
    this.#transit(transaction, completed, (errorCode) => {
      if (errorCode === ErrorCode.NONE || !this.isActive) return;
      transaction.pending = completed.status;
      this.#options.host.clock.after(retryBackoffMs, () => {
        if (this.isActive) this.#complete(transaction, completed);
      });
    });
  }

  #transit(transaction: Transaction, next: TransactionMetadata, done: Reply): void {
    const { transactionalId } = transaction;
    transaction.pending = next.status;
    const record = { transactionalId, metadata: next };
    this.#journal.write([record], { timeoutMs: next.timeoutMs }, (errorCode) => {
      if (errorCode === ErrorCode.NONE) {
        const { status: from } = transaction.metadata;
        const { status: to, producerId, producerEpoch } = next;
        const type = 'transaction-state-changed';
        this.#options.host.emit({ type, from, to, producerId, producerEpoch }, transactionalId);
        transaction.metadata = next;
      }
      transaction.pending = undefined;
      done(coordinatorError(errorCode));
    });
  }

  /** What is written here counts later, when it is committed. */
  #replay({ transactionalId, metadata }: TransactionRecord): void {
    if (this.#journal.isActive) return;
    if (metadata === null) this.#transactions.delete(transactionalId);
    else this.#transactions.set(transactionalId, { transactionalId, metadata, pending: undefined });
  }

  #loaded(): void {
    const { partition, host } = this.#options;
    const transactionalIds = this.#transactions.size;
    host.emit({ type: 'transactions-loaded', partition, transactionalIds }, '');
    for (const transaction of this.#transactions.values()) {
      const { metadata } = transaction;
      if (!metadata.status.startsWith('Prepare')) continue;
      this.#bringToItsEnd(transaction, complete(metadata, this.#nowMs));
    }
  }
}

const retryBackoffMs = 20;
/** As `request.timeout.ms` of a broker. */
const expiryTimeoutMs = 30_000;

function checkProducer(metadata: TransactionMetadata, producer: ProducerIdAndEpoch): ErrorCode {
  if (metadata.producerId !== producer.producerId) return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
  if (metadata.producerEpoch !== producer.producerEpoch) return ErrorCode.PRODUCER_FENCED;
  const isDecided = metadata.status.startsWith('Prepare');
  return isDecided ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.NONE;
}
