import type { ClusterEvent } from '../cluster/cluster-event.ts';
import type { MetadataRecord } from '../controller/metadata-records.ts';
import type { Link } from '../simulation/network.ts';
import type { Stamped } from '../simulation/trace.ts';

/** One event as a line: when, where, about what, what. */
export function tell({ atMs, node, about, event }: Stamped<ClusterEvent>): string {
  return line(atMs, node, about, describe(event));
}

function line(atMs: number, node: string, about: string, text: string): string {
  return `${String(atMs).padStart(8)}  ${node.padEnd(15)} ${about.padEnd(6)} ${text}`.trimEnd();
}

function describe(event: ClusterEvent): string {
  switch (event.type) {
    case 'appended':
      return `appended ${event.baseOffset}..${event.lastOffset} of epoch ${event.leaderEpoch}`;
    case 'truncated':
      return `cut its log back to ${event.logEndOffset}`;
    case 'high-watermark-advanced':
      return `high watermark ${event.from} -> ${event.to}`;
    case 'became-leader':
      return `leads in epoch ${event.leaderEpoch}, in sync ${list(event.isr)}`;
    case 'became-follower':
      return `follows ${event.leader} in epoch ${event.leaderEpoch}`;
    case 'went-offline':
      return 'has no leader any more';
    case 'isr-change-proposed':
      return `asks the controller for in sync ${list(event.isr)}`;
    case 'isr-change-refused':
      return `is refused with error ${event.errorCode}`;
    case 'isr-changed':
      return `in sync ${list(event.isr)}`;
    case 'broker-crashed':
      return event.loss === 'nothing' ? 'crashed' : `crashed, and lost ${event.loss}`;
    case 'broker-registered':
      return `is registered with broker epoch ${event.brokerEpoch}`;
    case 'metadata-committed':
      return `${event.offset}: ${describeRecord(event.record)}`;
    case 'message-held':
      return `holds ${event.label} ${event.from} -> ${event.to}`;
    case 'message-retransmitted':
      return `sends ${event.label} ${event.from} -> ${event.to} again, ${event.delayMs} ms late`;
    case 'link-changed':
      return `${event.plane} ${event.from} -> ${event.to} ${describeLink(event.link)}`;
    default:
      return describeOfGroup(event);
  }
}

function describeOfGroup(event: ClusterEvent): string {
  switch (event.type) {
    case 'group-state-changed':
      return `${event.from} -> ${event.to}`;
    case 'member-joined':
      return `${event.memberId} joins`;
    case 'member-left':
      return `${event.memberId} is out: ${event.reason}`;
    case 'generation-started':
      return `generation ${event.generationId} of ${event.members.join(', ')}`;
    case 'group-epoch-bumped':
      return `group epoch ${event.groupEpoch}`;
    case 'target-assignment-made':
      return `assigns anew, epoch ${event.assignmentEpoch}`;
    case 'member-reconciled': {
      const { memberId, memberEpoch, state, partitions } = event;
      return `${memberId} is in epoch ${memberEpoch}, ${state}, with ${partitions} partitions`;
    }
    case 'transaction-state-changed':
      return `${event.from} -> ${event.to}, producer epoch ${event.producerEpoch}`;
    case 'offset-committed':
      return `${event.topic}-${event.partition} is done up to ${event.offset}`;
    default:
      return rest(event);
  }
}

const list = (ids: readonly number[]): string => `[${ids.join(',')}]`;

function describeLink({ latencyMs, jitterMs, loss, cut }: Link): string {
  if (cut) return 'is cut';
  const faults = [
    ...(latencyMs + jitterMs > 0 ? [`takes ${latencyMs}..${latencyMs + jitterMs} ms`] : []),
    ...(loss > 0 ? [`loses ${loss * 100} %`] : []),
  ];
  return faults.length === 0 ? 'is mended' : faults.join(', ');
}

function describeRecord(record: MetadataRecord): string {
  const { type, ...rest } = record;
  const facts = Object.entries(rest)
    .filter(([name]) => name !== 'topicId' && name !== 'endpoint')
    .map(([name, value]) => `${name} ${Array.isArray(value) ? list(value) : value}`);
  return [type, ...facts].join(', ');
}

/** `broker-shutting-down` as `broker shutting down`, with what belongs to it. */
function rest(event: { readonly type: string }): string {
  const { type, ...facts } = event;
  const told = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return [type.replaceAll('-', ' '), ...told].join(', ');
}
