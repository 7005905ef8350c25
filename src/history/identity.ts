/** A record as the client that sends or reads it has it. */
export interface ClientRecord {
  readonly topic: string;
  readonly key?: string | Uint8Array | null | undefined;
  readonly value: string | Uint8Array | null;
}

/** The same as text. */
export interface RecordText {
  readonly topic: string;
  readonly key: string | null;
  readonly value: string | null;
}

/** What tells a record from all others of its topic. */
export type Identify = (record: RecordText) => string;

const decoder = new TextDecoder();

const textOf = (bytes: string | Uint8Array | null | undefined): string | null =>
  bytes instanceof Uint8Array ? decoder.decode(bytes) : (bytes ?? null);

const byValue: Identify = ({ key, value }) => value ?? `tombstone of ${key}`;

export const identityOf = (
  { topic, key, value }: ClientRecord,
  identify: Identify = byValue,
): string => identify({ topic, key: textOf(key), value: textOf(value) });

/** An offset as clients write it: kafkajs as text, others as bigint. Below 0 it says nothing. */
export type OffsetLike = number | bigint | string;

export const toOffset = (offset: OffsetLike | undefined): number | undefined =>
  offset === undefined || Number(offset) < 0 ? undefined : Number(offset);
