import { unreachable } from '../assert.ts';

/**
 * The in-sync replicas as their leader knows them. While a change is under way to the controller
 * the leader does not know which of the two sets holds, so it counts on the larger one: a commit
 * must be on every replica that either set could elect. One change at a time.
 *
 * Kafka's PartitionState: Committed, PendingExpand, PendingShrink.
 */
export type IsrState =
  | { readonly name: 'Committed'; readonly isr: readonly number[] }
  | { readonly name: 'PendingExpand'; readonly isr: readonly number[]; readonly added: number }
  | {
      readonly name: 'PendingShrink';
      readonly isr: readonly number[];
      readonly removed: readonly number[];
    };

export const committed = (isr: readonly number[]): IsrState => ({ name: 'Committed', isr });

/** Old set and new set together: what the high watermark must wait for. */
export function maximalIsr(state: IsrState): readonly number[] {
  switch (state.name) {
    case 'Committed':
    case 'PendingShrink':
      return state.isr;
    case 'PendingExpand':
      return [...state.isr, state.added];
    default:
      return unreachable(state);
  }
}

/** The set that a pending change asks the controller for. */
export function proposedIsr(state: IsrState): readonly number[] {
  switch (state.name) {
    case 'Committed':
      return state.isr;
    case 'PendingExpand':
      return [...state.isr, state.added];
    case 'PendingShrink':
      return state.isr.filter((brokerId) => !state.removed.includes(brokerId));
    default:
      return unreachable(state);
  }
}
