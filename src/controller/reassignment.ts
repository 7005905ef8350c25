/** The replicas of a partition, and which of them a reassignment brings in or lets go. */
interface Assignment {
  readonly replicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
}

export const isReassigning = ({ addingReplicas, removingReplicas }: Assignment): boolean =>
  addingReplicas.length > 0 || removingReplicas.length > 0;

const without = (list: readonly number[], leavers: readonly number[]): readonly number[] =>
  list.filter((brokerId) => !leavers.includes(brokerId));

const ascending = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);

/** From the present replicas to `target`: for as long as it takes, the replicas are all of both. */
export function reassign(present: readonly number[], target: readonly number[]): Assignment {
  const removingReplicas = ascending(without(present, target));
  return {
    replicas: [...target, ...removingReplicas],
    addingReplicas: ascending(without(target, present)),
    removingReplicas,
  };
}

/** What a reassignment began from. */
export const originalReplicas = ({ replicas, addingReplicas }: Assignment): readonly number[] =>
  without(replicas, addingReplicas);

/**
 * Lets the leavers go if the ISR no longer needs them: it has every replica that is being added
 * and, where the replicas become fewer, every one that stays.
 */
export function completeReassignment<
  State extends Assignment & { readonly isr: readonly number[] },
>(state: State): State {
  if (!isReassigning(state)) return state;
  const { addingReplicas, removingReplicas } = state;
  const isr = without(state.isr, removingReplicas);
  const replicas = without(state.replicas, removingReplicas);
  if (removingReplicas.length > 0 && (isr.length === 0 || replicas.length === 0)) return state;
  const hasAll = (members: readonly number[]) => members.every((one) => isr.includes(one));
  if (!hasAll(addingReplicas)) return state;
  if (addingReplicas.length < removingReplicas.length && !hasAll(replicas)) return state;
  return { ...state, isr, replicas, addingReplicas: [], removingReplicas: [] };
}
