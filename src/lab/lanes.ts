import type { ClusterEvent } from '../cluster/cluster-event.ts';
import type { Stamped } from '../simulation/trace.ts';
import { tell } from './story.ts';

type Events = readonly Stamped<ClusterEvent>[];

/** What became of a process, and how its lane looks from then on. */
const lanes: Readonly<Record<string, string>> = {
  started: '|',
  resumed: '|',
  paused: ':',
  crashed: ' ',
  stopped: ' ',
};
/** How it looked before, where that is the first thing known of it. */
const before: Readonly<Record<string, string>> = { started: ' ', resumed: ':' };

/** `started` of `broker-started`; undefined: the process goes on as it was. */
const changeOf = ({ type }: ClusterEvent): string | undefined => {
  const [subject, change] = type.split('-');
  const isProcess = (subject === 'broker' || subject === 'controller') && change !== undefined;
  return isProcess && change in lanes ? change : undefined;
};

/**
 * The last `count` of `events`, one a line: read down for time and across for space. Each node has
 * a lane: `|` it lives, `:` it is paused, blank it has ended, `*` the line is about it, `X` it
 * crashes.
 */
export function tellInLanes(events: Events, nodes: readonly string[], count: number): string[] {
  const looks = new Map(nodes.map((node) => [node, '|']));
  for (const { node, event } of events.toReversed()) {
    const change = changeOf(event);
    if (change !== undefined) looks.set(node, before[change] ?? '|');
  }
  const lines = events.map((stamped) => {
    const { node, event } = stamped;
    const change = changeOf(event);
    const mark = change === 'crashed' ? 'X' : '*';
    const drawn = nodes.map((other) => (other === node ? mark : looks.get(other)));
    if (change !== undefined) looks.set(node, lanes[change]!);
    return inserted(tell(stamped), drawn.join(' '));
  });
  return [inserted(''.padEnd(8), nodes.map(headOf).join(' ')), ...lines.slice(-count)];
}

const timeWidth = 8;

const inserted = (line: string, text: string): string =>
  `${line.slice(0, timeWidth)}  ${text}${line.slice(timeWidth)}`;

/** `1` of broker 1, `a` of controller 3000, `b` of 3001. */
function headOf(node: string): string {
  const id = Number(node.slice(node.lastIndexOf(' ') + 1));
  return node.startsWith('broker') ? String(id) : String.fromCharCode(97 + (id % 10));
}
