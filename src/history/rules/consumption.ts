import { type Evidence, placeName } from '../evidence.ts';
import { type HistoryFinding, recordText } from '../finding.ts';
import type { Place, SeenRecord, Transaction } from '../operation.ts';

/** Consume-transform-produce: transactions that commit offsets with what they wrote. */
export function* consumption(evidence: Evidence): Generator<HistoryFinding> {
  const byGroup = new Map<string, Transaction[]>();
  for (const transaction of evidence.transactions) {
    for (const group of new Set(transaction.commits.map((commit) => commit.group))) {
      const transactions = byGroup.get(group);
      if (transactions === undefined) byGroup.set(group, [transaction]);
      else transactions.push(transaction);
    }
  }
  for (const [group, transactions] of byGroup) {
    yield* consumedTwice(evidence, group, transactions);
    yield* consumedNever(evidence, group, transactions);
  }
}

interface Input {
  readonly record: SeenRecord;
  readonly by: Transaction[];
}

function inputsOf(transactions: readonly Transaction[]): Map<string, Input> {
  const inputs = new Map<string, Input>();
  for (const transaction of transactions) {
    for (const record of transaction.reads.flatMap(({ records }) => records)) {
      const key = `${placeName(record)} ${record.offset}`;
      const input = inputs.get(key) ?? { record, by: [] };
      inputs.set(key, input);
      if (!input.by.includes(transaction)) input.by.push(transaction);
    }
  }
  return inputs;
}

/** An input has gone into two transactions that are both committed. */
function* consumedTwice(
  evidence: Evidence,
  group: string,
  transactions: readonly Transaction[],
): Generator<HistoryFinding> {
  const committed = transactions.filter((each) => evidence.isCommittedTransaction(each));
  for (const { record, by } of inputsOf(committed).values()) {
    if (by.length < 2) continue;
    const clients = by.map(({ client }) => client);
    const told = `was consumed in ${by.length} transactions of group '${group}'`;
    yield {
      rule: 'consumed-twice',
      message: `${recordText(record)} ${told} that are committed: of ${clients.join(' and of ')}`,
      clients: [...new Set(clients)],
      records: [record],
    };
  }
}

/** The group has gone on past an input that no transaction has taken in which may be committed. */
function* consumedNever(
  evidence: Evidence,
  group: string,
  transactions: readonly Transaction[],
): Generator<HistoryFinding> {
  const mixes = evidence.commits.some((each) => each.group === group && !each.transaction);
  if (mixes) return; // what it has consumed outside of transactions is nobody's knowledge
  const taken = inputsOf(
    transactions.filter(({ outcome }) => outcome === 'committed' || outcome === 'unknown'),
  );
  const starts = new Map<string, number>();
  for (const { record } of inputsOf(transactions).values()) {
    const name = placeName(record);
    starts.set(name, Math.min(starts.get(name) ?? record.offset, record.offset));
  }
  for (const { place, end, by } of committedEnds(evidence, transactions).values()) {
    const here = evidence.partition(place);
    const start = starts.get(placeName(place)) ?? end;
    for (const offset of here.order('read_committed').offsets) {
      if (offset < start || offset >= end || here.mayBeGone(offset)) continue;
      if (taken.has(`${placeName(place)} ${offset}`)) continue;
      const [value] = here.valuesAt.get(offset)!.keys();
      const record = { ...place, offset, value: value! };
      const told = `was consumed in no transaction of group '${group}'`;
      yield {
        rule: 'consumed-never',
        message: `${recordText(record)} ${told}, and ${by.client} committed offset ${end}`,
        clients: [by.client],
        records: [record],
      };
    }
  }
}

/** By partition: the furthest offset that is committed, and by which transaction. */
function committedEnds(
  evidence: Evidence,
  transactions: readonly Transaction[],
): Map<string, { place: Place; end: number; by: Transaction }> {
  const ends = new Map<string, { place: Place; end: number; by: Transaction }>();
  for (const by of transactions.filter((each) => evidence.isCommittedTransaction(each))) {
    for (const { topic, partition, offset } of by.commits.flatMap(({ offsets }) => offsets)) {
      const place = { topic, partition };
      const known = ends.get(placeName(place));
      if (known === undefined || known.end < offset)
        ends.set(placeName(place), { place, end: offset, by });
    }
  }
  return ends;
}
