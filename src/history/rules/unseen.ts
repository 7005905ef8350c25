import type { Evidence } from '../evidence.ts';
import { found, type HistoryFinding, recordText } from '../finding.ts';
import { lossesIn } from './lost-write.ts';

/** All have read to the end, and nobody was given what was promised. */
export function* unseen(evidence: Evidence): Generator<HistoryFinding> {
  const lost = new Set([...lossesIn(evidence)].map(({ write }) => write));
  for (const write of evidence.writes()) {
    const { send, record } = write;
    const { topic, partition, offset } = record;
    if (!evidence.isPromised(write) || lost.has(write)) continue;
    if (evidence.sightingsOf(record).some(({ read }) => read !== undefined)) continue;
    const here = partition === undefined ? undefined : evidence.partition({ topic, partition });
    if (here?.mayBeGone(offset)) continue;
    yield {
      rule: 'unseen',
      message: `${recordText(record)} was acknowledged to ${send.client}, and nobody was given it`,
      clients: [send.client],
      records: [found(record)],
    };
  }
}
