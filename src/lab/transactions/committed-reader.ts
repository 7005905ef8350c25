import type { History } from '../../history/history.ts';
import type { HistoryConsumer } from '../../history/history-consumer.ts';
import { Process } from '../../simulation/process.ts';
import { keyOf } from '../groups/partition-key.ts';
import type { Laboratory } from '../laboratory.ts';
import type { Target } from '../producer.ts';
import { committedRecords, fetchRequest } from './committed-records.ts';
import { TransactionWire } from './transaction-wire.ts';

/** Reads what is committed of one partition from its start on, whenever it is told to. */
export class CommittedReader {
  readonly target: Target;
  readonly values: string[] = [];
  readonly #wire: TransactionWire;
  #position = 0;
  #isReading = false;

  readonly #consumer: HistoryConsumer;

  constructor(target: Target, name: string, laboratory: Laboratory, history: History) {
    this.target = target;
    this.#consumer = history.consumer(`${name} of ${keyOf(target)}`, { fromBeginning: true });
    const process = new Process('clients', laboratory.cluster.clock);
    const fateOf = () => 'delivered' as const;
    this.#wire = new TransactionWire({ laboratory, process, name, clientVersion: 2, fateOf });
  }

  get position(): number {
    return this.#position;
  }

  read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    const { target } = this;
    const position = this.#position;
    this.#wire.toLeader(target, 'Fetch', fetchRequest(target, position), (heard) => {
      this.#isReading = false;
      const read =
        typeof heard === 'string' ? undefined : committedRecords(heard, target, position);
      if (read === undefined) return;
      if (read.records.length > 0) this.#consumer.read(read.records);
      this.values.push(...read.records.map(({ value }) => value));
      this.#position = read.nextOffset;
    });
  }
}
