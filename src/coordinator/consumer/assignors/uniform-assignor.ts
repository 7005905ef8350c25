import type { Assignment } from '../assignment.ts';
import type { AssignorGroup } from './assignor.ts';
import { assignToDifferent } from './uniform-different.ts';
import { assignToEqual } from './uniform-equal.ts';

/**
 * Gives everybody as many partitions as anybody else, and lets each keep as many of its own as that
 * allows. Whose partition it is matters more here than in which topic it lies.
 */
export function assignUniformly(group: AssignorGroup): ReadonlyMap<string, Assignment> {
  return group.isHomogeneous ? assignToEqual(group) : assignToDifferent(group);
}
