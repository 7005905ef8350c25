import type { TopicsView, TopicView } from '../group.ts';
import type { ConsumerMember } from './consumer-member.ts';

/** The topics that a regular expression stood for when it was last looked at. */
export interface ResolvedExpression {
  readonly expression: string;
  readonly topics: readonly string[];
  /** Of the metadata in which it was resolved. */
  readonly version: number;
  readonly timestampMs: number;
}

type Resolved = (expression: string) => ResolvedExpression | undefined;

/** A regular expression that has not been resolved yet stands for no topics. */
export function* subscribedNames(member: ConsumerMember, resolved: Resolved): Generator<string> {
  const { subscribedTopicNames, subscribedTopicRegex } = member.metadata;
  yield* subscribedTopicNames;
  if (subscribedTopicRegex) yield* resolved(subscribedTopicRegex)?.topics ?? [];
}

/** Of the topics that exist. */
export function subscribedTopicIds(
  member: ConsumerMember,
  resolved: Resolved,
  { topicsByName }: TopicsView,
): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const name of subscribedNames(member, resolved)) {
    const topic = topicsByName.get(name);
    if (topic !== undefined) ids.add(topic.topicId);
  }
  return ids;
}

/** Whether all members are subscribed to the same topics, so that a simpler assignment will do. */
export function isHomogeneous(members: readonly ConsumerMember[]): boolean {
  const [first, ...rest] = members;
  if (first === undefined) return true;
  const { subscribedTopicNames: names, subscribedTopicRegex: expression } = first.metadata;
  // Names beside an expression may name the same topics again.
  if (names.length > 0 && expression) return false;
  const known = new Set(names);
  return rest.every(
    ({ metadata }) =>
      (metadata.subscribedTopicRegex ?? '') === (expression ?? '') &&
      metadata.subscribedTopicNames.length === names.length &&
      metadata.subscribedTopicNames.every((name) => known.has(name)),
  );
}

/**
 * Changes when one of the topics does in what matters for an assignment: id, partitions, racks of
 * the replicas (KIP-1101). The number is not Kafka's.
 */
export function metadataHash(
  names: Iterable<string>,
  { topicsByName, brokers }: TopicsView,
): number {
  const hashes = [...new Set(names)].sort().flatMap((name) => {
    const topic = topicsByName.get(name);
    return topic === undefined ? [] : [topicHash(topic, brokers)];
  });
  return hashes.length === 0 ? 0 : hash(hashes.join('\n'));
}

interface KnownHash {
  readonly brokers: TopicsView['brokers'];
  readonly hash: number;
}

/** Every join asks for it, and the image of a topic never changes. */
const knownHashes = new WeakMap<TopicView, KnownHash>();

function topicHash(topic: TopicView, brokers: TopicsView['brokers']): number {
  const known = knownHashes.get(topic);
  if (known?.brokers === brokers) return known.hash;
  const made = hash(textOf(topic, brokers));
  knownHashes.set(topic, { brokers, hash: made });
  return made;
}

function textOf({ name, topicId, partitions }: TopicView, brokers: TopicsView['brokers']): string {
  const racks = partitions.map(({ replicas }) =>
    replicas
      .map((id) => brokers.get(id)?.rack ?? '')
      .sort()
      .join(),
  );
  return JSON.stringify([topicId, name, racks]);
}

/** 53 bits: two runs of FNV-1a from different starts. */
function hash(text: string): number {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  for (let at = 0; at < text.length; at++) {
    high = Math.imul(high ^ text.charCodeAt(at), 0x01000193);
    low = Math.imul(low ^ text.charCodeAt(at), 0x85ebca6b);
  }
  return (high & 0x1f_ffff) * 2 ** 32 + (low >>> 0);
}
