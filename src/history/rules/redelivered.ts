import { type Evidence, placeName } from '../evidence.ts';
import { type HistoryFinding, recordText } from '../finding.ts';
import type { SeenRecord } from '../operation.ts';

/** A group was given a record more than once: lawful, where it does not commit in time. */
export function* redelivered(evidence: Evidence): Generator<HistoryFinding> {
  const given = new Map<string, { record: SeenRecord; group: string; clients: string[] }>();
  for (const { reader, records } of evidence.reads) {
    const group = reader.group ?? reader.client;
    for (const record of records) {
      const key = `${group}\n${placeName(record)} ${record.offset}`;
      const known = given.get(key);
      if (known === undefined) given.set(key, { record, group, clients: [reader.client] });
      else known.clients.push(reader.client);
    }
  }
  for (const { record, group, clients } of given.values()) {
    if (clients.length === 1) continue;
    const told = `was given ${clients.length} times to group '${group}'`;
    yield {
      rule: 'redelivered',
      message: `${recordText(record)} ${told}: to ${clients.join(', ')}`,
      clients: [...new Set(clients)],
      records: [record],
    };
  }
}
