/** A feature of the cluster, by the levels that are understood (KIP-584). */
interface Feature {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export const metadataFeature = 'metadata.version';
/** Level 1 is for voters that can be changed (KIP-853). It is not a record of the image. */
export const kraftFeature = 'kraft.version';
export const elrFeature = 'eligible.leader.replicas.version';
/** Level 1 is for consumer groups (KIP-848). */
export const groupFeature = 'group.version';

/** Level 2 is for transactions that have epochs of their own (KIP-890). */
export const transactionFeature = 'transaction.version';

/** Others are named once what they stand for is served. Level 30 of the first is 4.3-IV0. */
export const supportedFeatures: readonly Feature[] = [
  { name: metadataFeature, min: 7, max: 30 },
  { name: elrFeature, min: 0, max: 1 },
  { name: groupFeature, min: 0, max: 1 },
  { name: kraftFeature, min: 0, max: 1 },
  { name: transactionFeature, min: 0, max: 2 },
];
