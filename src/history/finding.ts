/** What can be wrong with a history: docs/HISTORY.md. */
export type HistoryRule =
  | 'inconsistent-offsets'
  | 'duplicate'
  | 'lost-write'
  | 'torn-transaction'
  | 'unseen'
  | 'aborted-read'
  | 'dirty-read'
  | 'precommitted-read'
  | 'poll-skip'
  | 'nonmonotonic-poll'
  | 'int-poll-skip'
  | 'int-nonmonotonic-poll'
  | 'nonmonotonic-send'
  | 'int-nonmonotonic-send'
  | 'int-send-skip'
  | 'consumed-twice'
  | 'consumed-never'
  | 'lost-commit'
  | 'redelivered'
  | 'G0'
  | 'G1c';

/** A record that a finding is about. */
export interface FoundRecord {
  readonly topic: string;
  readonly partition?: number | undefined;
  readonly offset?: number | undefined;
  readonly value: string;
}

/** One thing that cannot be, and who saw it. */
export interface HistoryFinding {
  readonly rule: HistoryRule;
  /** A sentence that names records, offsets and clients. */
  readonly message: string;
  readonly clients: readonly string[];
  readonly records: readonly FoundRecord[];
}

/** `'v1' at orders-0 offset 3`, as far as it is known. */
export function recordText({ topic, partition, offset, value }: FoundRecord): string {
  const where = partition === undefined ? topic : `${topic}-${partition}`;
  return `'${value}' at ${where}${offset === undefined ? '' : ` offset ${offset}`}`;
}

/** No more of a record than a finding shows. */
export const found = ({ topic, partition, offset, value }: FoundRecord): FoundRecord => ({
  topic,
  partition,
  offset,
  value,
});
