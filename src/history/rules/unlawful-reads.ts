import type { Evidence, Sighting, Write } from '../evidence.ts';
import { found, type HistoryFinding, type HistoryRule, recordText } from '../finding.ts';

/** Somebody was given what he must not see: not yet, or never. */
export function* unlawfulReads(evidence: Evidence): Generator<HistoryFinding> {
  for (const seen of evidence.sightings()) {
    const sources = evidence.sourcesOf(seen);
    if (sources.length === 0) continue;
    const finding =
      ownRecord(seen, sources) ??
      refused(seen, sources) ??
      (seen.isCommitted ? (aborted(seen, sources) ?? early(seen, sources)) : undefined);
    if (finding !== undefined) yield finding;
  }
}

function ownRecord(seen: Sighting, sources: readonly Write[]): HistoryFinding | undefined {
  const transaction = seen.read?.transaction;
  if (transaction === undefined) return undefined;
  if (!sources.every(({ send }) => send.transaction === transaction)) return undefined;
  return findingOf('precommitted-read', seen, sources, 'in the transaction that has sent it');
}

/** Whoever it was that sent it, it was refused: nobody may see it, whatever he reads. */
function refused(seen: Sighting, sources: readonly Write[]): HistoryFinding | undefined {
  if (!sources.every(({ send }) => send.outcome === 'failed')) return undefined;
  return findingOf('aborted-read', seen, sources, 'though it was refused');
}

const isOver = ({ send }: Write): boolean =>
  send.outcome === 'failed' || send.transaction?.outcome === 'aborted';

function aborted(seen: Sighting, sources: readonly Write[]): HistoryFinding | undefined {
  if (!sources.every(isOver)) return undefined;
  return findingOf('aborted-read', seen, sources, 'though its transaction was aborted');
}

function early(seen: Sighting, sources: readonly Write[]): HistoryFinding | undefined {
  const at = seen.read?.at ?? Number.MAX_SAFE_INTEGER;
  const isEarly = ({ send }: Write) => at < (send.transaction?.committingAt ?? send.begunAt);
  if (!sources.every((write) => isOver(write) || isEarly(write))) return undefined;
  const how = sources.some(({ send }) => send.transaction !== undefined)
    ? 'before the commit of its transaction was asked for'
    : 'before it was sent';
  return findingOf('dirty-read', seen, sources, how);
}

function findingOf(
  rule: HistoryRule,
  seen: Sighting,
  sources: readonly Write[],
  how: string,
): HistoryFinding {
  const by = [...new Set(sources.map(({ send }) => send.client))];
  const { read } = seen;
  const record = found(seen);
  const told =
    read === undefined
      ? `the log has ${recordText(record)} of ${by.join(' or ')}`
      : `${read.reader.client} read ${recordText(record)} of ${by.join(' or ')}`;
  const clients = [...new Set([...(read === undefined ? [] : [read.reader.client]), ...by])];
  return { rule, message: `${told} ${how}`, clients, records: [record] };
}
