import { type Evidence, placeName } from '../evidence.ts';
import { type HistoryFinding, type HistoryRule, recordText } from '../finding.ts';
import type { SeenRecord, Send } from '../operation.ts';

/** A record of a send, in its place. */
interface Sent {
  readonly send: Send;
  readonly record: SeenRecord;
}

/** What one producer sends to a partition lies there in the order of its sends. */
export function* sends(evidence: Evidence): Generator<HistoryFinding> {
  const byPath = new Map<string, Sent[][]>();
  for (const send of evidence.sends) {
    for (const [name, records] of placed(evidence, send)) {
      yield* inside(evidence, records);
      const key = `${send.client}\n${name}`;
      const path = byPath.get(key);
      if (path === undefined) byPath.set(key, [records]);
      else path.push(records);
    }
  }
  for (const path of byPath.values()) yield* across(path);
}

/** The records of one send by partition, as far as their places are known. */
function placed(evidence: Evidence, send: Send): Map<string, Sent[]> {
  const byPartition = new Map<string, Sent[]>();
  for (const record of send.records) {
    const place = firstPlace(evidence, send, record);
    if (place === undefined) continue;
    const name = placeName(place);
    const sent = { send, record: place };
    const records = byPartition.get(name);
    if (records === undefined) byPartition.set(name, [sent]);
    else records.push(sent);
  }
  return byPartition;
}

/** Of a record that is there twice the first place counts: the second one is another matter. */
function firstPlace(
  evidence: Evidence,
  send: Send,
  record: Send['records'][number],
): SeenRecord | undefined {
  const { topic, value } = record;
  const place = evidence.placeOf({ send, record });
  if (place === undefined) return undefined;
  const { partition } = place;
  const isAlone = evidence.writesOf(record).length === 1;
  const copies = isAlone ? evidence.sightingsOf(record) : [];
  const offsets = copies.filter((seen) => seen.partition === partition).map(({ offset }) => offset);
  return { topic, partition, value, offset: Math.min(place.offset, ...offsets) };
}

function* inside(evidence: Evidence, records: readonly Sent[]): Generator<HistoryFinding> {
  for (const [index, next] of records.entries()) {
    const last = records[index - 1];
    if (last === undefined) continue;
    if (next.record.offset < last.record.offset) {
      yield findingOf('int-nonmonotonic-send', last, next, 'lies before');
      continue;
    }
    const { offsets, indexOf } = evidence.partition(next.record).order('read_uncommitted');
    const between = indexOf(next.record.offset) - indexOf(last.record.offset) - 1;
    if (between > 0 && offsets.length > 0) {
      yield findingOf('int-send-skip', last, next, `lies ${between} records of others behind`);
    }
  }
}

/** Compares each send with the latest place of those that came before it. */
function* across(path: readonly Sent[][]): Generator<HistoryFinding> {
  const byEnd = path
    .filter(([first]) => !first!.send.keepsOrder)
    .sort(([one], [other]) => one!.send.endedAt - other!.send.endedAt);
  let ended = 0;
  let last: Sent | undefined;
  for (const records of path) {
    const [first] = records as [Sent];
    while (ended < byEnd.length && byEnd[ended]![0]!.send.endedAt < first.send.begunAt) {
      last = later(last, byEnd[ended++]!);
    }
    if (last !== undefined && first.record.offset < last.record.offset) {
      const { transaction } = first.send;
      const isInside = transaction !== undefined && transaction === last.send.transaction;
      const rule = isInside ? 'int-nonmonotonic-send' : 'nonmonotonic-send';
      yield findingOf(rule, last, first, 'lies before');
    }
    if (first.send.keepsOrder) last = later(last, records);
  }
}

const later = (last: Sent | undefined, records: readonly Sent[]): Sent =>
  records.reduce(
    (one, other) => (other.record.offset > one.record.offset ? other : one),
    last ?? records[0]!,
  );

function findingOf(rule: HistoryRule, last: Sent, next: Sent, how: string): HistoryFinding {
  const { client } = next.send;
  const told = `${client} sent ${recordText(next.record)}`;
  return {
    rule,
    message: `${told} after ${recordText(last.record)}: it ${how}`,
    clients: [client],
    records: [last.record, next.record],
  };
}
