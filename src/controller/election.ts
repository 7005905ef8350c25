import type { PartitionImage } from './cluster-metadata.ts';

/** A leader that is not there. */
export const noLeader = -1;

/**
 * Who leads next: the present leader if it may, else the first replica in the order of assignment
 * that is in sync and may. Only members of the ISR hold all that is committed.
 */
export function electLeader(
  partition: Pick<PartitionImage, 'replicas' | 'isr' | 'leader'>,
  mayLead: (brokerId: number) => boolean,
): number {
  const { replicas, isr, leader } = partition;
  if (leader !== noLeader && isr.includes(leader) && mayLead(leader)) return leader;
  return replicas.find((brokerId) => isr.includes(brokerId) && mayLead(brokerId)) ?? noLeader;
}
