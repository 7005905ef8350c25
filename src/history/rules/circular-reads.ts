import type { Evidence } from '../evidence.ts';
import { found, type HistoryFinding, recordText } from '../finding.ts';
import type { Read, SeenRecord, Send, Transaction } from '../operation.ts';

/** What counts as one step: a transaction, or what belongs to none. */
type Step = Transaction | Send | Read;

/** `to` has seen `record`, which `from` has written, or has begun when `from` was over. */
interface Edge {
  readonly to: Step;
  readonly record: SeenRecord | undefined;
}

type Graph = Map<Step, Edge[]>;

/**
 * G1c: information flows in a circle. Who reads what is committed comes after who wrote it, and who
 * begins comes after whoever was over by then. That writes of several follow each other in a circle
 * (G0) is lawful: Kafka does not isolate them.
 */
export function* circularReads(evidence: Evidence): Generator<HistoryFinding> {
  const graph = graphOf(evidence);
  peel(graph);
  for (let cycle = shortestCycle(graph); cycle !== undefined; cycle = shortestCycle(graph)) {
    yield findingOf(cycle);
    for (const { to } of cycle) graph.delete(to);
    peel(graph);
  }
}

const begunAt = (step: Step): number => (step.kind === 'read' ? step.at : step.begunAt);
const endedAt = (step: Step): number => (step.kind === 'read' ? step.at : step.endedAt);
const clientOf = (step: Step): string => (step.kind === 'read' ? step.reader.client : step.client);

function graphOf(evidence: Evidence): Graph {
  const alone = [...evidence.sends, ...evidence.reads].filter(({ transaction }) => !transaction);
  const steps: Step[] = [...evidence.transactions, ...alone];
  const graph: Graph = new Map(steps.map((step) => [step, []]));
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
function addRealTime(graph: Graph, steps: readonly Step[]): void {
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

/** Takes away what nothing that is left leads to: of what is consistent nothing stays. */
function peel(graph: Graph): void {
  const incoming = new Map<Step, number>();
  for (const edges of graph.values()) {
    for (const { to } of edges) incoming.set(to, (incoming.get(to) ?? 0) + 1);
  }
  const free = [...graph.keys()].filter((step) => !incoming.has(step));
  for (const step of free) {
    for (const { to } of graph.get(step)!) {
      const left = incoming.get(to)! - 1;
      incoming.set(to, left);
      if (left === 0 && graph.has(to)) free.push(to);
    }
    graph.delete(step);
  }
}

function shortestCycle(graph: Graph): Edge[] | undefined {
  let shortest: Edge[] | undefined;
  for (const step of graph.keys()) {
    const cycle = cycleThrough(graph, step);
    if (cycle !== undefined && cycle.length < (shortest?.length ?? Number.POSITIVE_INFINITY)) {
      shortest = cycle;
    }
  }
  return shortest;
}

function cycleThrough(graph: Graph, start: Step): Edge[] | undefined {
  const cameBy = new Map<Step, { from: Step; edge: Edge } | undefined>([[start, undefined]]);
  for (const step of cameBy.keys()) {
    for (const edge of graph.get(step) ?? []) {
      if (edge.to === start) {
        const cycle = [edge];
        for (let by = cameBy.get(step); by !== undefined; by = cameBy.get(by.from)) {
          cycle.unshift(by.edge);
        }
        return cycle;
      }
      if (!cameBy.has(edge.to)) cameBy.set(edge.to, { from: step, edge });
    }
  }
  return undefined;
}

function findingOf(cycle: readonly Edge[]): HistoryFinding {
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
