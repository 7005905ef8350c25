import { checkHistory } from '../../history/check-history.ts';
import type { History } from '../../history/history.ts';
import type { HistoryProducer, HistoryTransaction } from '../../history/history-producer.ts';
import { mustHold } from '../invariant-broken.ts';
import type { Target } from '../producer.ts';
import type { ReadRecord } from './committed-records.ts';

type Outcome = 'open' | 'committing' | 'committed' | 'aborted';

/** One transaction as who made it knows it. */
export class AuditedTransaction {
  /** As its records have it. */
  readonly name: string;
  readonly outputs: string[] = [];
  readonly history: HistoryTransaction;
  #outcome: Outcome = 'open';

  constructor(name: string, history: HistoryTransaction) {
    this.name = name;
    this.history = history;
  }

  get outcome(): Outcome {
    return this.#outcome;
  }

  /** What an input becomes: it says of which record it was made, and in which transaction. */
  transform({ topic, partition, offset }: ReadRecord): string {
    const output = `${topic}-${partition}@${offset} ${this.name}`;
    this.outputs.push(output);
    return output;
  }

  committing(): void {
    this.#outcome = 'committing';
    this.history.committing();
  }

  ended(outcome: 'committed' | 'aborted'): void {
    this.#outcome = outcome;
    this.history[outcome]();
  }
}

/** All transactions of a run, and whether what is committed in the end is what it must be. */
export class TransactionAudit {
  readonly history: History;
  readonly #transactions: AuditedTransaction[] = [];

  constructor(history: History) {
    this.history = history;
  }

  begin(client: string, producer: HistoryProducer): AuditedTransaction {
    const name = `${client}.${this.#transactions.length}`;
    const transaction = new AuditedTransaction(name, producer.begin());
    this.#transactions.push(transaction);
    return transaction;
  }

  /** `inputs`: what there was to be transformed. `outputs`: what read_committed shows. */
  end(inputs: readonly (Target & { readonly offset: number })[], outputs: readonly string[]): void {
    const shown = new Set(outputs);
    for (const { name, outcome, outputs: own } of this.#transactions) {
      const there = own.filter((output) => shown.has(output));
      const isWhole = there.length === 0 || there.length === own.length;
      mustHold('H-07', isWhole, () => `of ${name} only ${there} are there, and not all of ${own}`);
      const isCommitted = there.length > 0;
      const isAsSaid = own.length === 0 || outcomesOf(isCommitted).includes(outcome);
      mustHold('H-07', isAsSaid, () => {
        return `${name} is ${outcome}, and ${isCommitted ? '' : 'not '}there: ${own}`;
      });
    }
    const made = new Map<string, string[]>();
    for (const output of outputs) {
      const source = output.slice(0, output.indexOf(' '));
      made.set(source, [...(made.get(source) ?? []), output]);
    }
    for (const { topic, partition, offset } of inputs) {
      const source = `${topic}-${partition}@${offset}`;
      const found = made.get(source) ?? [];
      mustHold('H-06', found.length === 1, () => {
        return `${source} has become ${found.length} records: ${found}`;
      });
    }
    this.judge();
  }

  /** By what clients have seen alone, when they have had time to see all. */
  judge(): void {
    const [finding] = checkHistory(this.history, { drained: true });
    mustHold('H-08', finding === undefined, () => `${finding?.rule}: ${finding?.message}`);
  }
}

const outcomesOf = (isCommitted: boolean): readonly Outcome[] =>
  isCommitted ? ['committing', 'committed'] : ['open', 'committing', 'aborted'];
