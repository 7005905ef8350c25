import { type Evidence, placeName, type Sighting, type Write } from '../evidence.ts';
import { type FoundRecord, found, type HistoryFinding } from '../finding.ts';

/** Whoever reads what is committed gets a value twice, from two places. */
export function* duplicate(evidence: Evidence): Generator<HistoryFinding> {
  for (const { writes, sightings } of evidence.values()) {
    const promised = writes
      .filter((write) => evidence.isPromised(write))
      .map(({ record }) => record);
    const seen = sightings.filter((sighting) => counts(sighting, writes));
    const places = new Map<string, FoundRecord>();
    for (const record of [...seen, ...promised]) {
      const { partition, offset } = record;
      if (partition === undefined || offset === undefined) continue;
      places.set(
        `${placeName({ topic: record.topic, partition })} offset ${offset}`,
        found(record),
      );
    }
    if (places.size > 1) yield findingOf(places, writes);
  }
}

/** Who reads what is not committed may see an attempt that was aborted, and the next one. */
const counts = ({ isCommitted, read }: Sighting, writes: readonly Write[]): boolean =>
  isCommitted ||
  (read !== undefined && writes.length > 0 && writes.every(({ send }) => !send.transaction));

function findingOf(
  places: ReadonlyMap<string, FoundRecord>,
  writes: readonly Write[],
): HistoryFinding {
  const records = [...places.values()];
  const by = writes.map(({ send }) => `${send.client} (${send.outcome})`);
  const sent = by.length === 0 ? '' : `; sent by ${by.join(' and by ')}`;
  const where = [...places.keys()].join(' and at ');
  return {
    rule: 'duplicate',
    message: `'${records[0]!.value}' is there ${records.length} times: at ${where}${sent}`,
    clients: [...new Set(writes.map(({ send }) => send.client))],
    records,
  };
}
