import { type Evidence, placeName, type Sighting, type Write } from '../evidence.ts';
import type { FoundRecord, HistoryFinding } from '../finding.ts';

/** Whoever reads what is committed gets a value twice, from two places. */
export function* duplicate(evidence: Evidence): Generator<HistoryFinding> {
  for (const { writes, sightings } of evidence.values()) {
    const places = new Map<string, FoundRecord>();
    const add = (
      record: FoundRecord,
      { partition, offset }: { partition: number; offset: number },
    ) => places.set(`${partition} ${offset}`, { ...record, partition, offset });
    for (const seen of sightings) if (counts(seen, writes)) add(textOf(seen), seen);
    for (const write of writes) {
      const { topic, value, partition, offset } = write.record;
      if (!evidence.isPromised(write) || partition === undefined || offset === undefined) continue;
      add({ topic, value }, { partition, offset });
    }
    if (places.size > 1) yield findingOf([...places.values()], writes);
  }
}

const textOf = ({ topic, value }: Sighting): FoundRecord => ({ topic, value });

/** Who reads what is not committed may see an attempt that was aborted, and the next one. */
const counts = ({ isCommitted, read }: Sighting, writes: readonly Write[]): boolean =>
  isCommitted ||
  (read !== undefined && writes.length > 0 && writes.every(({ send }) => !send.transaction));

function findingOf(records: FoundRecord[], writes: readonly Write[]): HistoryFinding {
  const [{ topic, value }] = records as [FoundRecord];
  const places = records.map(
    ({ partition, offset }) => `${placeName({ topic, partition: partition! })} offset ${offset}`,
  );
  const by = writes.map(({ send }) => `${send.client} (${send.outcome})`);
  const sent = by.length === 0 ? '' : `; sent by ${by.join(' and by ')}`;
  return {
    rule: 'duplicate',
    message: `'${value}' is there ${records.length} times: at ${places.join(' and at ')}${sent}`,
    clients: [...new Set(writes.map(({ send }) => send.client))],
    records,
  };
}
