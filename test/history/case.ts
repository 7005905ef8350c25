import type { CheckOptions } from '../../src/history/check-history.ts';
import type { HistoryRule } from '../../src/history/finding.ts';
import { type at, type Scene, send } from './scene.ts';

/** A history in a few lines, and what is wrong with it. */
export interface Case {
  readonly name: string;
  readonly play: (scene: Scene) => void;
  readonly found: readonly HistoryRule[];
  readonly options?: CheckOptions;
}

export const uncommitted = { isolation: 'read_uncommitted' } as const;

/** A transaction of one record, up to the question whether it is committed. */
export function transaction(scene: Scene, record: ReturnType<typeof at>, client = 'p') {
  const begun = scene.producer(client).begin();
  send(begun, [record]).acknowledged();
  return begun;
}
