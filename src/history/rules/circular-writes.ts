import { cyclesOf, type Edge, type Graph } from '../cycles.ts';
import type { Evidence, Write } from '../evidence.ts';
import { found, type HistoryFinding, recordText } from '../finding.ts';
import type { Transaction } from '../operation.ts';

/** `after` is the next record of its partition behind `before`; `to` has written it. */
interface WrittenAfter extends Edge<Transaction> {
  readonly before: Placed;
  readonly after: Placed;
}

interface Placed {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
  readonly transaction: Transaction;
}

/**
 * G0: transactions follow each other in a circle, one first here and the other first there. Kafka
 * promises nothing against it: those that go on at the same time lie in each other.
 */
export function* circularWrites(evidence: Evidence): Generator<HistoryFinding> {
  for (const cycle of cyclesOf(graphOf(evidence))) yield findingOf(cycle);
}

function graphOf(evidence: Evidence): Graph<Transaction, WrittenAfter> {
  const graph: Graph<Transaction, WrittenAfter> = new Map();
  for (const placed of byPartition(evidence)) {
    for (const [index, after] of placed.entries()) {
      if (!graph.has(after.transaction)) graph.set(after.transaction, []);
      const before = placed[index - 1];
      if (before === undefined || before.transaction === after.transaction) continue;
      const edges = graph.get(before.transaction)!;
      if (edges.some(({ to }) => to === after.transaction)) continue;
      edges.push({ to: after.transaction, before, after });
    }
  }
  return graph;
}

/** What transactions have written for good and whose place is known, of each partition in order. */
function byPartition(evidence: Evidence): Iterable<Placed[]> {
  const partitions = new Map<string, Placed[]>();
  for (const write of evidence.writes()) {
    const { transaction } = write.send;
    const place = isKept(evidence, write) ? evidence.placeOf(write) : undefined;
    if (transaction === undefined || place === undefined) continue;
    const { topic, value } = write.record;
    const placed = { topic, value, ...place, transaction };
    const name = `${topic}-${place.partition}`;
    const others = partitions.get(name);
    if (others === undefined) partitions.set(name, [placed]);
    else others.push(placed);
  }
  for (const placed of partitions.values()) placed.sort((one, other) => one.offset - other.offset);
  return partitions.values();
}

/** Committed, or seen as such. */
const isKept = (evidence: Evidence, write: Write): boolean =>
  evidence.isPromised(write) ||
  (!evidence.isVoid(write) && evidence.sightingsOf(write.record).some((seen) => seen.isCommitted));

function findingOf(cycle: readonly WrittenAfter[]): HistoryFinding {
  const told = cycle.map(
    ({ to, before, after }) =>
      `${to.client} wrote ${recordText(after)} behind ${recordText(before)}`,
  );
  return {
    rule: 'G0',
    message: `what was written goes in a circle: ${told.join(', ')}`,
    clients: [...new Set(cycle.map(({ to }) => to.client))],
    records: cycle.map(({ after }) => found(after)),
  };
}
