/** A way to another step. */
export interface Edge<Step> {
  readonly to: Step;
}

export type Graph<Step, E extends Edge<Step>> = Map<Step, E[]>;

/** Cycles that have no step in common, the shortest first. The graph is used up. */
export function* cyclesOf<Step, E extends Edge<Step>>(graph: Graph<Step, E>): Generator<E[]> {
  peel(graph);
  for (let cycle = shortestCycle(graph); cycle !== undefined; cycle = shortestCycle(graph)) {
    yield cycle;
    for (const { to } of cycle) graph.delete(to);
    peel(graph);
  }
}

/** Takes away what nothing that is left leads to: of what is consistent nothing stays. */
function peel<Step, E extends Edge<Step>>(graph: Graph<Step, E>): void {
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

function shortestCycle<Step, E extends Edge<Step>>(graph: Graph<Step, E>): E[] | undefined {
  let shortest: E[] | undefined;
  for (const step of graph.keys()) {
    const cycle = cycleThrough(graph, step);
    if (cycle !== undefined && cycle.length < (shortest?.length ?? Number.POSITIVE_INFINITY)) {
      shortest = cycle;
    }
    if (shortest?.length === 2) break;
  }
  return shortest;
}

function cycleThrough<Step, E extends Edge<Step>>(
  graph: Graph<Step, E>,
  start: Step,
): E[] | undefined {
  const cameBy = new Map<Step, { from: Step; edge: E } | undefined>([[start, undefined]]);
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
