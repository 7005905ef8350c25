import type { ClusterEvent } from '../../cluster/cluster-event.ts';
import type { Stamped } from '../../simulation/trace.ts';
import { invariants } from '../invariant-names.ts';
import { tell } from '../story.ts';
import { type Experiment, wayNames } from './experiment.ts';
import { tellFacts } from './facts.ts';
import type { Performance, Told } from './perform.ts';

const widthMax = 96;

/** Events that a story can do without. */
const noise: readonly ClusterEvent['type'][] = [
  'message-held',
  'message-retransmitted',
  'link-changed',
  'segment-rolled',
  'isr-changed',
];

/** What each record of many does. */
const ofEachRecord: readonly ClusterEvent['type'][] = ['appended', 'high-watermark-advanced'];

function isTold({ event, about }: Stamped<ClusterEvent>, verb: Told['step']['do']): boolean {
  if (noise.includes(event.type)) return false;
  if (about.startsWith('__')) return false;
  if (verb === 'traffic' && ofEachRecord.includes(event.type)) return false;
  if (event.type !== 'metadata-committed') return about !== '' || event.type.startsWith('broker');
  return event.record.type === 'partition-change';
}

/** What the experiment is about. */
export function tellHead({ id, title, teaches, source }: Experiment): string[] {
  return [`${id}  ${title}`, `     ${source}`, '', ...wrap(teaches, '')];
}

/** One way of it, step by step, with what happened meanwhile. */
export function tellWay(performance: Performance): string[] {
  return [
    headOf(performance),
    '',
    ...performance.told.flatMap((told, index) => [...tellStep(told, index + 1, true), '']),
    ...tellEnd(performance),
  ];
}

/** One way of it in a few lines: what was seen, where the other way saw something else. */
export function tellBriefly(performance: Performance): string[] {
  const steps = performance.told.flatMap((told, index) => {
    const { step } = told;
    const differs = step.only !== undefined || wayNames.some((way) => step[way] !== undefined);
    return differs ? tellStep(told, index + 1, false) : [];
  });
  return [
    headOf(performance),
    '',
    ...steps,
    ...(steps.length > 0 ? [''] : []),
    ...tellEnd(performance),
  ];
}

const heads = { harm: 'The harm', prevented: 'Prevented', also: 'And also' } as const;

const headOf = ({ experiment, way }: Performance): string =>
  `${heads[way]}: ${experiment[way]!.with}`;

function tellStep(
  { step, said, facts, events }: Told,
  number: number,
  withEvents: boolean,
): string[] {
  const told = events.filter((event) => isTold(event, step.do));
  const indent = '      ';
  return [
    ...wrap(said, indent, `  ${String(number).padStart(2)}. `),
    ...(withEvents ? told.map((event) => `  ${named(tell(event))}`) : []),
    ...(facts === undefined ? [] : wrap(tellFacts(facts), `${indent}  `, `${indent}→ `)),
  ];
}

const randomUuid = /-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Members' ids begin with a name that says enough. */
const named = (line: string): string => line.replaceAll(randomUuid, '');

function tellEnd({ audit, because, surprises }: Performance): string[] {
  const { lost, duplicated, conflicting, diverged, breaks } = audit.outcome;
  const { processedTwice, neverProcessed, outOfOrder, abortedRead, stalled } = audit.outcome;
  const found = [
    ...(lost.length > 0 ? [`lost: ${lost.join(', ')}`] : []),
    ...(duplicated.length > 0 ? [`there twice: ${duplicated.join(', ')}`] : []),
    ...(abortedRead.length > 0 ? [`read, and aborted: ${abortedRead.join(', ')}`] : []),
    ...(stalled.length > 0 ? [`written, and never read as committed: ${stalled.join(', ')}`] : []),
    ...(conflicting.length > 0 ? [`two records at one offset: ${conflicting.join(', ')}`] : []),
    ...(diverged.length > 0 ? [`replicas differ for ever at ${diverged.join(', ')}`] : []),
    ...(processedTwice.length > 0 ? [`processed twice: ${processedTwice.join(', ')}`] : []),
    ...(neverProcessed.length > 0 ? [`never processed: ${neverProcessed.join(', ')}`] : []),
    ...(outOfOrder.length > 0 ? [`processed out of order, of key ${outOfOrder.join(', ')}`] : []),
    ...(breaks === null ? [] : [`no longer true: ${invariants[breaks]} (${audit.detail})`]),
  ];
  const end = found.length > 0 ? found : ['nothing lost, nothing twice, every invariant held'];
  return [
    '  In the end, with all faults over:',
    ...end.flatMap((line) =>
      wrap(line, '      ', '    ✗ '.replace('✗', found.length > 0 ? '✗' : '✓')),
    ),
    ...surprises.flatMap((line) => wrap(line, '      ', '    ? ')),
    '',
    ...wrap(because, '  '),
  ];
}

/** Lines of at most `widthMax`; the first one begins with `first`, the others with `indent`. */
function wrap(text: string, indent: string, first = indent): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > widthMax) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
