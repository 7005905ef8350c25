import type { Cluster } from '../cluster/cluster.ts';
import { ClusterError } from './cluster-error.ts';
import {
  type GroupMember,
  type GroupOffset,
  type GroupStatus,
  groupStatus,
  type TopicPartition,
} from './group-status.ts';

const linesMax = 10;

export const placeText = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`;

/** At most so many lines, those of more come as a number. */
export function shorten(lines: readonly string[], what: string): string[] {
  const more = lines.length - linesMax;
  return more > 0 ? [...lines.slice(0, linesMax), `  and ${more} ${what} more`] : [...lines];
}

/** How a group stands: its state, its members, and how far it has come in each partition. */
export function groupText(cluster: Cluster, groupId: string): string {
  try {
    return textOf(cluster, groupStatus(cluster, groupId));
  } catch (error) {
    if (error instanceof ClusterError) return error.message.replace(`${error.code}: `, '');
    throw error;
  }
}

function textOf(cluster: Cluster, status: GroupStatus): string {
  const { groupId, type, state, coordinator, members, offsets, lag } = status;
  const behind = offsets.filter((offset) => offset.lag !== 0);
  const head = `group '${groupId}' (${type}) is ${state} at broker ${coordinator}`;
  const count = members.length === 1 ? '1 member' : `${members.length} members`;
  return [
    `${head} with ${count} and lag ${lag ?? 'unknown'}:`,
    ...shorten(
      members.map((member) => memberText(cluster, member)),
      'members',
    ),
    ...shorten(behind.map(offsetText), 'partitions'),
  ].join('\n');
}

function memberText({ metadata }: Cluster, member: GroupMember): string {
  const { memberId, clientId, clientHost, assignment, subscribedTopicNames } = member;
  const unknown = subscribedTopicNames.filter((name) => !metadata.topicsByName.has(name));
  const missing = unknown.map((name) => `; there is no topic '${name}'`).join('');
  const assigned = assignment.map(placeText).join(', ') || 'nothing assigned';
  return `  member ${memberId} (${clientId} at ${clientHost}): ${assigned}${missing}`;
}

function offsetText(offset: GroupOffset): string {
  const { committedOffset, highWatermark, lag } = offset;
  const committed = committedOffset === null ? 'never committed' : `committed ${committedOffset}`;
  const end =
    highWatermark === null ? 'no leader that knows its end' : `${highWatermark} is its end`;
  return `  ${placeText(offset)}: ${committed}, ${end}, lag ${lag ?? 'unknown'}`;
}
