import { type Evidence, placeName, type Write } from '../evidence.ts';
import { found, type HistoryFinding, recordText } from '../finding.ts';
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
    const how = missingInLog(evidence, write) ?? passedOver(evidence, write);
    if (how !== undefined) yield { write, how };
  }
}

/** How the log contradicts the promise. */
function missingInLog(evidence: Evidence, { record }: Write): string | undefined {
  const inLog = evidence.sightingsOf(record).filter(({ read }) => read === undefined);
  const isThere = inLog.some(
    ({ isCommitted, isPending }) => isCommitted || (isPending && !evidence.isDrained),
  );
  if (isThere) return undefined;
  if (inLog.length > 0) return 'the log does not have it as committed';
  const { topic, partition, offset } = record;
  if (partition === undefined) return undefined;
  const here = evidence.partition({ topic, partition });
  if (here.log === undefined || here.mayBeGone(offset)) return undefined;
  const { highWatermark, endOffset } = here.log;
  const mayCome = offset === undefined || (offset >= highWatermark && offset < endOffset);
  return mayCome && !evidence.isDrained ? undefined : 'the log does not have it';
}

/** Who has read past it, where nobody has read it. */
function passedOver(evidence: Evidence, write: Write): string | undefined {
  const { topic, partition, offset } = write.record;
  if (partition === undefined || offset === undefined) return undefined;
  if (evidence.sightingsOf(write.record).some(({ read }) => read !== undefined)) return undefined;
  const here = evidence.partition({ topic, partition });
  const passed = here.mayBeGone(offset) ? undefined : here.passedBy(offset);
  if (passed === undefined) return undefined;
  const place = placeName({ topic, partition });
  return `nobody read it though ${passed.client} read ${place} on to offset ${passed.to}`;
}

function lost({ write, how }: Loss): HistoryFinding {
  const { client, acks, transaction } = write.send;
  const promise = transaction === undefined ? 'acknowledged' : 'committed';
  const excuse = acks === 1 ? ' (acks=1 allows that)' : '';
  return {
    rule: 'lost-write',
    message: `${recordText(write.record)} was ${promise} to ${client}, and ${how}${excuse}`,
    clients: [client],
    records: [found(write.record)],
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
    records: [seen, ...losses.map(({ write }) => write)].map(({ record }) => found(record)),
  };
}
