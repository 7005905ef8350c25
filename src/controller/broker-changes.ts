import type { PartitionImage } from './cluster-metadata.ts';
import type { CallContext } from './controller-call.ts';
import { noLeader } from './election.ts';
import type { MetadataRecord } from './metadata-records.ts';
import { changePartition } from './partition-change.ts';
import { rulesOf } from './topic-rules.ts';

const change = 'broker-registration-change';

/** The broker is gone: it leaves every ISR, and what it led gets another leader. */
export function fenceBroker(context: CallContext, brokerId: number): MetadataRecord[] {
  const changes = leaveIsr(context, brokerId);
  return [...changes, { type: change, brokerId, fenced: true }];
}

/** The broker is alive again: partitions that have no leader may get it as theirs. */
export function unfenceBroker(context: CallContext, brokerId: number): MetadataRecord[] {
  const changes = changeAll(context, isLeaderless, { arrived: brokerId });
  return [{ type: change, brokerId, fenced: false }, ...changes];
}

/** The broker wants to end: others lead in its place before it does (KIP-841). */
export function beginControlledShutdown(context: CallContext, brokerId: number): MetadataRecord[] {
  const changes = leaveIsr(context, brokerId);
  return [{ type: change, brokerId, inControlledShutdown: true }, ...changes];
}

/**
 * Another process of the broker registers. If the last one did not end in good order, what it held
 * may be lost, and it is no longer eligible to lead (KIP-966).
 */
export function brokerStartsAnew(
  context: CallContext,
  brokerId: number,
  shutdown: 'clean' | 'unclean',
): MetadataRecord[] {
  if (shutdown === 'clean') return leaveIsr(context, brokerId);
  const holds = (partition: PartitionImage) => isInvolved(partition, brokerId);
  return changeAll(context, holds, { left: brokerId, uncleanShutdown: brokerId });
}

/** The broker is struck off: it is gone for good. */
export function unregisterBroker(context: CallContext, brokerId: number): MetadataRecord[] {
  const holds = (partition: PartitionImage) => isInvolved(partition, brokerId);
  const changes = changeAll(context, holds, { left: brokerId });
  return [...changes, { type: 'unregister-broker', brokerId }];
}

const isLeaderless = ({ leader }: PartitionImage): boolean => leader === noLeader;

const isInvolved = ({ isr, elr }: PartitionImage, brokerId: number): boolean =>
  isr.includes(brokerId) || elr.includes(brokerId);

const leaveIsr = (context: CallContext, brokerId: number): MetadataRecord[] =>
  changeAll(context, ({ isr }) => isr.includes(brokerId), { left: brokerId });

interface Occasion {
  /** May lead, although the image still shows it as fenced. */
  readonly arrived?: number;
  /** May not lead any more, although the image still shows it as alive. */
  readonly left?: number;
  readonly uncleanShutdown?: number;
}

/** Sees through the partitions that it concerns who is in sync, and who leads. */
function changeAll(
  context: CallContext,
  concerns: (partition: PartitionImage) => boolean,
  occasion: Occasion,
): MetadataRecord[] {
  const { arrived, left, ...wanted } = occasion;
  const records: MetadataRecord[] = [];
  for (const topic of context.metadata.topicsById.values()) {
    const rules = rulesOf(context, topic);
    const mayLead = (brokerId: number) =>
      brokerId !== left && (brokerId === arrived || rules.mayLead(brokerId));
    topic.partitions.forEach((partition, index) => {
      if (!concerns(partition)) return;
      const isr = partition.isr.filter((brokerId) => brokerId !== left);
      const changes = changePartition({ ...rules, mayLead }, partition, { ...wanted, isr });
      if (changes === undefined) return;
      const { topicId } = topic;
      records.push({ type: 'partition-change', topicId, partition: index, ...changes });
    });
  }
  return records;
}
