import { InvariantBroken } from '../invariant-broken.ts';
import { invariants } from '../invariant-names.ts';
import { tell } from '../story.ts';
import { isFinding } from './explore.ts';
import { type ModelSize, type Move, SmallModel } from './small-model.ts';

/** Moves as a person reads them aloud, each with what came of it, and what is wrong in the end. */
export function tellMoves(size: ModelSize, moves: readonly Move[]): string[] {
  const model = new SmallModel(size);
  const lines: string[] = [];
  let records = 0;
  for (const [index, move] of moves.entries()) {
    let verdict: string[] = [];
    try {
      model.make(move);
    } catch (error) {
      if (!isFinding(error)) throw error;
      const id = error instanceof InvariantBroken ? error.id : 'assert';
      verdict = ['', `breaks ${id}: ${invariants[id] ?? 'an assertion of our own'}`];
      verdict.push(`  ${error.message}`);
    }
    lines.push(`${String(index + 1).padStart(2)}. ${sentence(move, `r${records}`)}`);
    if (move.name === 'produce') records++;
    lines.push(...model.story.map((stamped) => `  ${tell(stamped)}`), ...verdict);
  }
  return [...lines, '', ...model.disks().map((disk) => `  ${disk}`)];
}

function sentence(move: Move, record: string): string {
  switch (move.name) {
    case 'produce':
      return `A client writes ${record} to broker ${move.brokerId}.`;
    case 'deliver':
      return `What broker ${move.from} has sent (${move.labels}) reaches broker ${move.to}.`;
    case 'crash':
      return `Broker ${move.brokerId} crashes.`;
    case 'power-cut':
      return `The power of broker ${move.brokerId} fails: what it has written is gone.`;
    case 'restart':
      return `Broker ${move.brokerId} starts again.`;
    case 'elect':
      return 'The preferred leader is asked for.';
    case 'wait':
      return 'Time goes by: waiting fetches end, the dead are found dead.';
  }
}
