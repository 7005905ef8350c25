import type { CoordinatorRecord } from '../../protocol/coordinator-records/coordinator-record.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { GroupHost } from '../group.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import type { ConsumerMember } from './consumer-member.ts';
import { expressionRecord, expressionTombstone, groupEpochRecord } from './group-records.ts';
import { type Refusal, refusal } from './refusal.ts';
import { metadataHash, type ResolvedExpression, subscribedNames } from './subscription.ts';
import { compileExpression } from './topic-expression.ts';

/** Topics that come one after the other are looked for together. */
const leastBetweenResolutionsMs = 10_000;

/** Which topics there were is known only from the moment on when a coordinator first looks. */
export interface NewTopics {
  /** The offset in the metadata at which the last topic came. */
  readonly version: number;
}

/** What a heartbeat changes about a member's expression. */
interface ExpressionChange {
  readonly hasChanged: boolean;
  /** Its topics are known, so the target assignment can change at once. */
  readonly isResolved: boolean;
  /** All the group's expressions, if they have to be resolved now. */
  readonly toResolve: readonly string[];
}

const textOf = (member: ConsumerMember): string => member.metadata.subscribedTopicRegex ?? '';

export function changeExpression(
  { clock, settings }: GroupHost,
  group: ConsumerGroup,
  { version: newTopicsVersion }: NewTopics,
  before: ConsumerMember,
  after: ConsumerMember,
  records: CoordinatorRecord[],
): ExpressionChange | Refusal {
  const [from, to] = [textOf(before), textOf(after)];
  const counts = group.subscribedExpressions;
  const hasChanged = from !== to;
  const isFirst = hasChanged && to !== '' && !counts.has(to);
  if (hasChanged && from !== '' && counts.get(from) === 1) {
    records.push(expressionTombstone(group.groupId, from));
  }
  if (isFirst) {
    const compiled = compileExpression(to);
    if (typeof compiled === 'string') {
      return refusal(
        ErrorCode.INVALID_REGULAR_EXPRESSION,
        `SubscribedTopicRegex \`${to}\` is not a valid regular expression: ${compiled}.`,
      );
    }
  }
  const isResolved = hasChanged && (to === '' || group.resolved(to) !== undefined);
  const expressions = new Set(counts.keys());
  if (hasChanged && counts.get(from) === 1) expressions.delete(from);
  if (to !== '') expressions.add(to);
  const [latest] = group.expressions.values();
  const sinceMs = clock.now() - (latest?.timestampMs ?? -Infinity);
  const isDue =
    !group.isResolving &&
    sinceMs > leastBetweenResolutionsMs &&
    (isFirst ||
      expressions.size !== group.expressions.size ||
      (latest?.version ?? 0) < newTopicsVersion ||
      sinceMs > settings.groupConsumerRegexRefreshIntervalMs);
  return { hasChanged, isResolved, toResolve: isDue ? [...expressions] : [] };
}

/** Finds the topics of a group's expressions, and has them assigned if they are other ones. */
export function resolveExpressions(
  { clock, topics }: GroupHost,
  group: ConsumerGroup,
  expressions: readonly string[],
): CoordinatorRecord[] {
  const found = new Map(
    expressions
      .filter((expression) => group.subscribedExpressions.has(expression))
      .map((expression): [string, ResolvedExpression] => {
        const names = namesMatching(expression, topics.topicsByName.keys());
        const when = { version: topics.offset, timestampMs: clock.now() };
        return [expression, { expression, topics: names, ...when }];
      }),
  );
  const records = [...found.values()].map((one) => expressionRecord(group.groupId, one));
  const hasChanged = [...found.values()].some(
    ({ expression, topics: names }) =>
      names.join() !== (group.resolved(expression)?.topics ?? []).join(),
  );
  const resolved = (expression: string) => found.get(expression) ?? group.resolved(expression);
  const hash = metadataHash(allNames(group, resolved), topics);
  const { groupEpoch, metadataHash: hashBefore } = group.epochs;
  if (hasChanged || hash !== hashBefore) {
    records.push(groupEpochRecord(group.groupId, groupEpoch + 1, hash));
  }
  return records;
}

function* allNames(group: ConsumerGroup, resolved: ConsumerGroup['resolved']): Generator<string> {
  for (const member of group.members.values()) yield* subscribedNames(member, resolved);
}

function namesMatching(expression: string, names: Iterable<string>): readonly string[] {
  const compiled = compileExpression(expression);
  if (typeof compiled === 'string') return [];
  return [...names].filter((name) => compiled.matches(name)).sort();
}
