import { mustHold } from '../invariant-broken.ts';
import type { Target } from '../producer.ts';
import type { ReadRecord } from './committed-records.ts';

type Outcome = 'open' | 'committing' | 'committed' | 'aborted';

/** One transaction as who made it knows it. */
export class AuditedTransaction {
  /** As its records have it. */
  readonly name: string;
  readonly outputs: string[] = [];
  outcome: Outcome = 'open';

  constructor(name: string) {
    this.name = name;
  }

  /** What an input becomes: it says of which record it was made, and in which transaction. */
  transform({ topic, partition, offset }: ReadRecord): string {
    const output = `${topic}-${partition}@${offset} ${this.name}`;
    this.outputs.push(output);
    return output;
  }
}

/** All transactions of a run, and whether what is committed in the end is what it must be. */
export class TransactionAudit {
  readonly #transactions = new Map<string, AuditedTransaction>();

  begin(client: string): AuditedTransaction {
    const transaction = new AuditedTransaction(`${client}.${this.#transactions.size}`);
    this.#transactions.set(transaction.name, transaction);
    return transaction;
  }

  /** `inputs`: what there was to be transformed. `outputs`: what read_committed shows. */
  end(inputs: readonly (Target & { readonly offset: number })[], outputs: readonly string[]): void {
    const shown = new Set(outputs);
    for (const { name, outcome, outputs: own } of this.#transactions.values()) {
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
  }
}

const outcomesOf = (isCommitted: boolean): readonly Outcome[] =>
  isCommitted ? ['committing', 'committed'] : ['open', 'committing', 'aborted'];
