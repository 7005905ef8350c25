import { type Evidence, placeName, type Write } from '../evidence.ts';
import { type HistoryFinding, recordText } from '../finding.ts';
import type { Transaction } from '../operation.ts';

interface Loss {
  readonly write: Write;
  readonly how: string;
}

/**
 * What was promised is not there: the log does not have it, or somebody has read past it and nobody
 * has read it. Where another part of its transaction was seen, the transaction is torn.
 */
export function* lostWrites(evidence: Evidence): Generator<HistoryFinding> {
  const torn = new Map<Transaction, Loss[]>();
  for (const loss of lossesIn(evidence)) {
    const { transaction } = loss.write.send;
    const seen = transaction && firstSeen(evidence, transaction);
    if (transaction === undefined || seen === undefined) {
      yield lost(loss);
      continue;
    }
    const losses = torn.get(transaction);
    if (losses === undefined) torn.set(transaction, [loss]);
    else losses.push(loss);
  }
  for (const [transaction, losses] of torn) {
    yield tornTransaction(transaction, firstSeen(evidence, transaction)!, losses);
  }
}

/** All that was promised and is not there. */
export function* lossesIn(evidence: Evidence): Generator<Loss> {
  for (const write of evidence.writes()) {
    if (!evidence.isPromised(write)) continue;
    const how = missingInLogs(evidence, write) ?? passedOver(evidence, write);
    if (how !== undefined) yield { write, how };
  }
}

/** How the log in the end contradicts the promise. */
function missingInLogs(evidence: Evidence, { record }: Write): string | undefined {
  const { topic, partition, offset } = record;
  const inLog = evidence.sightingsOf(record).filter(({ read }) => read === undefined);
  if (inLog.some(({ isCommitted }) => isCommitted)) return undefined;
  if (inLog.length > 0) return 'the log has it as not committed';
  if (partition === undefined) return undefined;
  const evidenceHere = evidence.partition({ topic, partition });
  if (evidenceHere.log === undefined) return undefined;
  if (evidenceHere.mayBeGone(offset ?? -1)) return undefined;
  return 'the log does not have it';
}

/** Who has read past it, where nobody has read it. */
function passedOver(evidence: Evidence, write: Write): string | undefined {
  const { topic, partition, offset } = write.record;
  if (partition === undefined || offset === undefined) return undefined;
  if (evidence.sightingsOf(write.record).some(({ read }) => read !== undefined)) return undefined;
  const here = evidence.partition({ topic, partition });
  const { furthest } = here;
  if (furthest === undefined || offset > furthest.offset) return undefined;
  if (offset < here.readFrom || here.mayBeGone(offset)) return undefined;
  const place = placeName({ topic, partition });
  return `nobody read it though ${furthest.client} read ${place} on to offset ${furthest.offset}`;
}

function lost({ write, how }: Loss): HistoryFinding {
  const { client, acks, transaction } = write.send;
  const promise = transaction === undefined ? 'acknowledged' : 'committed';
  const excuse = acks === 1 ? ' (acks=1 allows that)' : '';
  return {
    rule: 'lost-write',
    message: `${recordText(write.record)} was ${promise} to ${client}, and ${how}${excuse}`,
    clients: [client],
    records: [write.record],
  };
}

/** A record of the transaction that was seen as committed. */
function firstSeen(evidence: Evidence, transaction: Transaction): Write | undefined {
  for (const send of transaction.sends) {
    for (const record of send.records) {
      const sightings = evidence.sightingsOf(record).filter(({ isCommitted }) => isCommitted);
      const own = sightings.some((seen) =>
        evidence.sourcesOf(seen).some((source) => source.record === record),
      );
      if (own) return { send, record };
    }
  }
  return undefined;
}

function tornTransaction(
  { client, outcome }: Transaction,
  seen: Write,
  losses: readonly Loss[],
): HistoryFinding {
  const lost = losses.map(({ write, how }) => `${recordText(write.record)} is not: ${how}`);
  const told = `a transaction of ${client} (${outcome}) is torn`;
  return {
    rule: 'torn-transaction',
    message: `${told}: ${recordText(seen.record)} was seen, ${lost.join('; ')}`,
    clients: [client],
    records: [seen.record, ...losses.map(({ write }) => write.record)],
  };
}
