import { cyclesOf, type Edge, type Graph } from '../cycles.ts';
import type { Evidence } from '../evidence.ts';
import { found, type HistoryFinding, recordText } from '../finding.ts';
import type { Read, SeenRecord, Send, Transaction } from '../operation.ts';

/** What counts as one step: a transaction, or what belongs to none. */
type Step = Transaction | Send | Read;

/** `to` has seen `record`, which `from` has written, or has begun when `from` was over. */
interface SeenBy extends Edge<Step> {
  readonly record: SeenRecord | undefined;
}

/**
 * G1c: information flows in a circle. Who reads what is committed comes after who wrote it, and who
 * begins comes after whoever was over by then.
 */
export function* circularReads(evidence: Evidence): Generator<HistoryFinding> {
  for (const cycle of cyclesOf(graphOf(evidence))) yield findingOf(cycle);
}

const begunAt = (step: Step): number => (step.kind === 'read' ? step.at : step.begunAt);
const endedAt = (step: Step): number => (step.kind === 'read' ? step.at : step.endedAt);
const clientOf = (step: Step): string => (step.kind === 'read' ? step.reader.client : step.client);

function graphOf(evidence: Evidence): Graph<Step, SeenBy> {
  const alone = [...evidence.sends, ...evidence.reads].filter(({ transaction }) => !transaction);
  const steps: Step[] = [...evidence.transactions, ...alone];
  const graph: Graph<Step, SeenBy> = new Map(steps.map((step) => [step, []]));
  for (const seen of evidence.sightings()) {
    if (seen.read === undefined || !seen.isCommitted) continue;
    const able = evidence.sourcesOf(seen).filter((write) => !evidence.isVoid(write));
    const [source] = new Set(able.map(({ send }) => send.transaction ?? send));
    const to = seen.read.transaction ?? seen.read;
    const isClear = able.every(({ send }) => (send.transaction ?? send) === source);
    if (source !== undefined && isClear && source !== to) {
      graph.get(source)!.push({ to, record: seen });
    }
  }
  addRealTime(graph, steps);
  return graph;
}

/** Edges from the latest steps that were over; what was over earlier is reached through them. */
function addRealTime(graph: Graph<Step, SeenBy>, steps: readonly Step[]): void {
  const turns = steps.flatMap((step) => [
    { at: begunAt(step), step, begins: true },
    { at: endedAt(step), step, begins: false },
  ]);
  turns.sort((one, other) => one.at - other.at || Number(other.begins) - Number(one.begins));
  let over: Step[] = [];
  for (const { at, step, begins } of turns) {
    if (at === Number.POSITIVE_INFINITY) return;
    if (begins) for (const one of over) graph.get(one)!.push({ to: step, record: undefined });
    else over = [...over.filter((one) => endedAt(one) >= begunAt(step)), step];
  }
}

function findingOf(cycle: readonly SeenBy[]): HistoryFinding {
  const told = cycle.map(({ to, record }) =>
    record === undefined
      ? `${clientOf(to)} began after that`
      : `${clientOf(to)} read ${recordText(record)}`,
  );
  return {
    rule: 'G1c',
    message: `what was read goes in a circle: ${told.join(', ')}, and so on`,
    clients: [...new Set(cycle.map(({ to }) => clientOf(to)))],
    records: cycle.flatMap(({ record }) => (record === undefined ? [] : [found(record)])),
  };
}
