import { type Evidence, placeName } from '../evidence.ts';
import type { HistoryFinding } from '../finding.ts';
import type { OffsetCommit, OffsetFetch, OffsetOf } from '../operation.ts';

/** One offset that somebody has committed, or may have. */
interface Commit {
  readonly client: string;
  readonly offset: number;
  readonly begunAt: number;
  readonly endedAt: number;
}

/** What is fetched as committed is the last that was acknowledged, or one that was under way. */
export function* lostCommits(evidence: Evidence): Generator<HistoryFinding> {
  for (const fetch of evidence.fetches) {
    for (const fetched of fetch.offsets) {
      const commits = commitsOf(evidence, fetch.group, fetched);
      const last = overtaken(commits, fetch);
      if (last === undefined || mayBe(commits, fetch, fetched.offset)) continue;
      const place = placeName(fetched);
      const told = fetched.offset < 0 ? 'no offset' : `offset ${fetched.offset}`;
      const asked = `${fetch.client} was told that group '${fetch.group}'`;
      const known = `${last.client} had committed ${last.offset}`;
      yield {
        rule: 'lost-commit',
        message: `${asked} has committed ${told} of ${place}: ${known}`,
        clients: [fetch.client, last.client],
        records: [],
      };
    }
  }
}

function commitsOf(evidence: Evidence, group: string, { topic, partition }: OffsetOf): Commit[] {
  return evidence.commits
    .filter((commit) => commit.group === group && commit.outcome !== 'failed')
    .flatMap((commit) =>
      commit.offsets
        .filter((each) => each.topic === topic && each.partition === partition)
        .flatMap(({ offset }) => timed(commit, offset)),
    );
}

/** Offsets in a transaction are committed when that is. */
function timed(
  { client, transaction, begunAt, endedAt, outcome }: OffsetCommit,
  offset: number,
): Commit[] {
  if (transaction === undefined) {
    const end = outcome === 'acknowledged' ? endedAt : Number.POSITIVE_INFINITY;
    return [{ client, offset, begunAt, endedAt: end }];
  }
  if (transaction.outcome === 'open' || transaction.outcome === 'aborted') return [];
  const end = transaction.outcome === 'committed' ? transaction.endedAt : Number.POSITIVE_INFINITY;
  return [{ client, offset, begunAt: transaction.committingAt, endedAt: end }];
}

/** The one that was surely there when the question was asked, and began last. */
function overtaken(commits: readonly Commit[], { askedAt }: OffsetFetch): Commit | undefined {
  return commits
    .filter(({ endedAt }) => endedAt < askedAt)
    .sort((one, other) => other.begunAt - one.begunAt)[0];
}

function mayBe(
  commits: readonly Commit[],
  { askedAt, answeredAt }: OffsetFetch,
  offset: number,
): boolean {
  const sure = commits.filter(({ endedAt }) => endedAt < askedAt);
  return commits.some(
    (commit) =>
      commit.offset === offset &&
      commit.begunAt < answeredAt &&
      !sure.some(({ begunAt }) => begunAt > commit.endedAt),
  );
}
