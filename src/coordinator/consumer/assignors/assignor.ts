import type { Assignment } from '../assignment.ts';
import { assignByRange } from './range-assignor.ts';
import { assignUniformly } from './uniform-assignor.ts';

/** A member as an assignor sees it. */
export interface AssignorMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** Of topics that exist, in the order of the ids. */
  readonly topicIds: readonly string[];
  /** What it was to have so far. */
  readonly target: Assignment;
}

export interface AssignorGroup {
  /** In the order of the ids, so that the same group always comes out the same. */
  readonly members: readonly AssignorMember[];
  /** Whether everybody is subscribed to the same topics. */
  readonly isHomogeneous: boolean;
  partitionCount(topicId: string): number;
}

/** Decides who is to have which partition. Members who get nothing may be missing. */
type Assignor = (group: AssignorGroup) => ReadonlyMap<string, Assignment>;

/** Those of `group.consumer.assignors`; the first of that list is the one when nobody asks. */
export const assignors: ReadonlyMap<string, Assignor> = new Map([
  ['uniform', assignUniformly],
  ['range', assignByRange],
]);
