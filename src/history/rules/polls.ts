import { type Evidence, placeName } from '../evidence.ts';
import { type HistoryFinding, type HistoryRule, recordText } from '../finding.ts';
import type { Read, Reader, SeenRecord } from '../operation.ts';

interface Last {
  readonly record: SeenRecord;
  readonly read: Read;
}

/** Each consumer goes on where it was, record by record, unless it has moved. */
export function* polls(evidence: Evidence): Generator<HistoryFinding> {
  for (const { reader, steps } of evidence.paths.values()) {
    const lasts = new Map<string, Last>();
    for (const step of steps) {
      if (step.kind === 'move') {
        for (const [name, { record }] of lasts) if (step.forgets(record)) lasts.delete(name);
        continue;
      }
      for (const record of step.records) {
        const name = placeName(record);
        const last = lasts.get(name);
        lasts.set(name, { record, read: step });
        if (last !== undefined) yield* compare(evidence, reader, last, { record, read: step });
      }
    }
  }
}

function* compare(
  evidence: Evidence,
  { client, isolation }: Reader,
  last: Last,
  next: Last,
): Generator<HistoryFinding> {
  const here = evidence.partition(next.record);
  const order = here.order(isolation);
  const { offset } = next.record;
  const told = `${client} read ${recordText(next.record)} after ${recordText(last.record)}`;
  const inside = isInside(last.read, next.read);
  if (offset <= last.record.offset) {
    const rule = inside ? 'int-nonmonotonic-poll' : 'nonmonotonic-poll';
    yield findingOf(rule, client, told, [last.record, next.record]);
    return;
  }
  const [from, to] = [order.indexOf(last.record.offset), order.indexOf(offset)];
  const skipped = order.offsets.slice(from + 1, to).filter((each) => !here.mayBeGone(each));
  if (skipped.length === 0) return;
  const { topic, partition } = next.record;
  const records = skipped.map((each) => {
    const [value] = here.valuesAt.get(each)!.keys();
    return { topic, partition, offset: each, value: value! };
  });
  const all = records.map(recordText).join(', ');
  yield findingOf(inside ? 'int-poll-skip' : 'poll-skip', client, `${told} and skipped ${all}`, [
    next.record,
    ...records,
  ]);
}

/** Within one poll, or one transaction. */
const isInside = (one: Read, other: Read): boolean =>
  one === other || (one.transaction !== undefined && one.transaction === other.transaction);

const findingOf = (
  rule: HistoryRule,
  client: string,
  message: string,
  records: HistoryFinding['records'],
): HistoryFinding => ({ rule, message, clients: [client], records });
