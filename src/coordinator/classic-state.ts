import { unreachable } from '../assert.ts';
import type { ErrorCode } from '../protocol/error-code.ts';
import type { JoinGroupResponse } from '../protocol/messages/join-group.ts';
import type { SyncGroupResponse } from '../protocol/messages/sync-group.ts';
import type { Timer } from '../simulation/clock.ts';
import { joinFailed, type Reply, syncFailed } from './classic-replies.ts';

export type ClassicState =
  | { readonly name: 'Empty' }
  | PreparingRebalance
  | {
      readonly name: 'CompletingRebalance';
      readonly syncs: Map<string, Reply<SyncGroupResponse>>;
      readonly awaited: AwaitedSyncs;
    }
  | { readonly name: 'Stable'; readonly awaited: AwaitedSyncs | undefined }
  | { readonly name: 'Dead' };

interface PreparingRebalance {
  readonly name: 'PreparingRebalance';
  readonly joins: Map<string, Reply<JoinGroupResponse>>;
  /** A group that was empty waits a while for more members, longer when some come. */
  readonly initial: { memberAdded: boolean } | undefined;
  timer: Timer | undefined;
}

/** Who has not fetched its assignment of this generation yet, and until when it must have. */
interface AwaitedSyncs {
  readonly memberIds: Set<string>;
  readonly timer: Timer;
}

export type ClassicStateName = ClassicState['name'];

/** From where each state is entered. */
export const previousStates: Record<ClassicStateName, readonly ClassicStateName[]> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Empty', 'Stable', 'CompletingRebalance'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable'],
};

/** Does the member wait for us? */
export function isParked(state: ClassicState, memberId: string): boolean {
  if (state.name === 'PreparingRebalance') return state.joins.has(memberId);
  return state.name === 'CompletingRebalance' && state.syncs.has(memberId);
}

/** Answers what the member waits for, if it waits. */
export function refuse(state: ClassicState, memberId: string, errorCode: ErrorCode): void {
  if (state.name === 'PreparingRebalance') {
    state.joins.get(memberId)?.(joinFailed(memberId, errorCode));
    state.joins.delete(memberId);
  } else if (state.name === 'CompletingRebalance') {
    state.syncs.get(memberId)?.(syncFailed(errorCode));
    state.syncs.delete(memberId);
  }
}

/** The state ends: stops its timer and answers everyone who waits in it, who are returned. */
export function refuseAll(state: ClassicState, errorCode: ErrorCode): string[] {
  const parked = parkedIn(state);
  for (const memberId of parked) refuse(state, memberId, errorCode);
  return parked;
}

function parkedIn(state: ClassicState): string[] {
  switch (state.name) {
    case 'Empty':
    case 'Dead':
      return [];
    case 'PreparingRebalance':
      state.timer?.cancel();
      return [...state.joins.keys()];
    case 'CompletingRebalance':
      state.awaited.timer.cancel();
      return [...state.syncs.keys()];
    case 'Stable':
      state.awaited?.timer.cancel();
      return [];
    default:
      return unreachable(state);
  }
}
