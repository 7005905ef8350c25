import { Evidence } from './evidence.ts';
import type { HistoryFinding, HistoryRule } from './finding.ts';
import type { History } from './history.ts';
import { circularReads } from './rules/circular-reads.ts';
import { circularWrites } from './rules/circular-writes.ts';
import { consumption } from './rules/consumption.ts';
import { duplicate } from './rules/duplicate.ts';
import { inconsistentOffsets } from './rules/inconsistent-offsets.ts';
import { lostCommits } from './rules/lost-commit.ts';
import { lostWrites } from './rules/lost-write.ts';
import { polls } from './rules/polls.ts';
import { redelivered } from './rules/redelivered.ts';
import { sends } from './rules/sends.ts';
import { unlawfulReads } from './rules/unlawful-reads.ts';
import { unseen } from './rules/unseen.ts';

export interface CheckOptions {
  /** What is to be expected here, such as a `duplicate` of a producer that is not idempotent. */
  readonly allow?: readonly HistoryRule[];
  /**
   * All is over: nothing is under way, and every consumer has read to the end. What was
   * acknowledged and is unread is then `unseen`.
   */
  readonly drained?: boolean;
  /** Tells of `int-send-skip`, `redelivered` and `G0`, too: Kafka promises nothing against them. */
  readonly notes?: boolean;
}

const rules = [
  inconsistentOffsets,
  duplicate,
  lostWrites,
  unlawfulReads,
  polls,
  sends,
  circularReads,
  consumption,
  lostCommits,
  redelivered,
];

const notable: readonly HistoryRule[] = ['int-send-skip', 'redelivered'];

/** What cannot be in a history if every promise was kept. Nothing: it is consistent. */
export function checkHistory(
  history: History,
  { allow = [], drained = false, notes = false }: CheckOptions = {},
): readonly HistoryFinding[] {
  const evidence = new Evidence(history, { isDrained: drained });
  const found = [
    ...rules,
    ...(drained ? [unseen] : []),
    ...(notes ? [circularWrites] : []),
  ].flatMap((rule) => [...rule(evidence)]);
  const passed = notes ? allow : [...allow, ...notable];
  return found.filter(({ rule }) => !passed.includes(rule));
}
