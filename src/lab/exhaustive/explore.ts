import { AssertionFailure } from '../../assert.ts';
import { InvariantBroken } from '../invariant-broken.ts';
import { type ModelSize, type Move, SmallModel } from './small-model.ts';

/** A state that was reached: the state before, the move from there, and the moves that go on. */
interface Reached {
  readonly before: Reached | undefined;
  readonly move: Move | undefined;
  readonly onward: readonly Move[];
}

interface Exploration {
  /** Different states that were reached. */
  readonly states: number;
  /** Moves that were made, from each of them all that are possible. */
  readonly moves: number;
  /** How many moves away the farthest state is. */
  readonly depth: number;
  /** One of the shortest ways to break an invariant, if there is any. */
  readonly broken: readonly Move[] | undefined;
}

/**
 * Visits every state that a small model can reach, the nearest first, so that what is found is
 * found in as few moves as can be. A cluster cannot be copied, so each state is played again from
 * the start.
 */
export function explore(size: ModelSize): Exploration {
  const start = new SmallModel(size);
  const seen = new Set([start.digest()]);
  let nearest: Reached[] = [{ before: undefined, move: undefined, onward: start.moves() }];
  let moves = 0;
  let depth = 0;
  for (;;) {
    const next: Reached[] = [];
    for (const before of nearest) {
      const path = pathTo(before);
      for (const move of before.onward) {
        moves++;
        const model = playOn(size, path, move);
        if (model === undefined) {
          return { states: seen.size, moves, depth, broken: [...path, move] };
        }
        const digest = model.digest();
        if (seen.has(digest)) continue;
        seen.add(digest);
        next.push({ before, move, onward: model.moves() });
      }
    }
    if (next.length === 0) return { states: seen.size, moves, depth, broken: undefined };
    nearest = next;
    depth++;
  }
}

export const isFinding = (error: unknown): error is Error =>
  error instanceof InvariantBroken || error instanceof AssertionFailure;

/** Plays `path` from the start, then `move`. undefined: that breaks something. */
function playOn(size: ModelSize, path: readonly Move[], move: Move): SmallModel | undefined {
  const model = new SmallModel(size);
  for (const earlier of path) model.make(earlier);
  try {
    model.make(move);
  } catch (error) {
    if (isFinding(error)) return undefined;
    throw error;
  }
  return model;
}

function pathTo(reached: Reached): Move[] {
  const path: Move[] = [];
  let { before, move } = reached;
  while (move !== undefined) {
    path.push(move);
    ({ before, move } = before ?? { before: undefined, move: undefined });
  }
  return path.reverse();
}
