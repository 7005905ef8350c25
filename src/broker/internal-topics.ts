const names = new Set(['__consumer_offsets', '__transaction_state', '__share_group_state']);

/** Topics that belong to the cluster itself; clients may read but not write them. */
export const isInternalTopic = (name: string): boolean => names.has(name);
