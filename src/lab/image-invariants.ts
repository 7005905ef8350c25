import type { PartitionImage } from '../controller/cluster-metadata.ts';
import { mustHold } from './invariant-broken.ts';
import type { PartitionRules } from './partition-invariants.ts';

/** What must hold of a partition in the controller's image, whatever the replicas do. */
export function checkImage(name: string, image: PartitionImage, rules: PartitionRules): void {
  const { replicas, isr, elr, lastKnownElr, leader, leaderEpoch, partitionEpoch } = image;
  const describe = () => `${name}: ${JSON.stringify(image)}`;
  const among = (ids: readonly number[]) =>
    new Set(ids).size === ids.length && ids.every((id) => replicas.includes(id));
  mustHold('I-01', leaderEpoch >= 0 && partitionEpoch >= 0, describe);
  mustHold('I-01', leader === -1 || replicas.includes(leader), describe);
  mustHold('I-04', leader === -1 || isr.includes(leader), describe);
  mustHold('I-10', among(isr) && among(elr), describe);
  mustHold('I-10', !elr.some((id) => isr.includes(id)), describe);
  const minimum = Math.min(rules.minInSyncReplicas, replicas.length);
  mustHold('I-10', isr.length < minimum || elr.length === 0, describe);
  mustHold('I-10', rules.elr || isr.length > 0, describe);
  mustHold('I-11', isr.length + elr.length > 0 || lastKnownElr.length === 1, describe);
}
