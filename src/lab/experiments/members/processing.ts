import type { Stage } from '../stage.ts';
import type { Consumed } from './story-consumer.ts';

/** What became of the records of a story, as far as consumers of the group had to do with them. */
export interface Processing {
  readonly processedTwice: readonly string[];
  readonly neverProcessed: readonly string[];
  readonly outOfOrder: readonly string[];
}

const placeOf = ({ partition, offset }: Consumed): string => `${partition}-${offset}`;

/** Holds what was done against `readable`, which anybody can read in the end. */
export function processing(stage: Stage, readable: readonly Consumed[]): Processing {
  const { members, clients } = stage;
  const processed = new Map<string, number>();
  for (const record of members.processed) {
    processed.set(placeOf(record), (processed.get(placeOf(record)) ?? 0) + 1);
  }
  const times = (record: Consumed) => processed.get(placeOf(record)) ?? 0;
  const news = members.any ? readable.filter((record) => !stage.isFormer(record)) : [];
  const order = members.processed.map(({ value }) => value);
  return {
    processedTwice: news.filter((record) => times(record) > 1).map(({ value }) => value),
    neverProcessed: news.filter((record) => times(record) === 0).map(({ value }) => value),
    outOfOrder: [...clients.sentByKey()]
      .filter(([, values]) => !isAscending(values.map((value) => order.indexOf(value))))
      .map(([key]) => key),
  };
}

const isAscending = (indexes: readonly number[]): boolean =>
  indexes.every((index, at) => at === 0 || indexes[at - 1]! < index);
