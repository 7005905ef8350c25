import { Process } from '../../simulation/process.ts';
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

  constructor(target: Target, name: string, laboratory: Laboratory) {
    this.target = target;
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
      this.values.push(...read.records.map(({ value }) => value));
      this.#position = read.nextOffset;
    });
  }
}
