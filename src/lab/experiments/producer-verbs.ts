import { textOf } from '../batches.ts';
import { type ExpectedFacts, type Facts, fits } from './facts.ts';
import type { ProducerSettings } from './producers/producer-settings.ts';
import type { Manner } from './producers/producer-wire.ts';
import { output, type Stage, topic } from './stage.ts';
import { committedRecords } from './visible-records.ts';

interface One {
  readonly producer: string;
}

interface OfPartition {
  readonly partition?: number;
}

interface Starting extends One, Manner {
  /** Besides what the way says. */
  readonly settings?: Partial<ProducerSettings>;
}

interface Writing extends One, OfPartition, Manner {
  readonly value: string;
}

/** What producers with names do, most of all in transactions: verbs of `verbs.ts`. */
export const producerVerbs = {
  /** A new process gets its producer id and epoch. */
  initProducer: (stage: Stage, { producer, settings, ...manner }: Starting) =>
    stage.producers.start(producer, settings).init(manner),
  /** The record begins a transaction if none is open. */
  write: (stage: Stage, { producer, value, partition = 0, ...manner }: Writing) =>
    stage.producers.get(producer).write(value, { topic, partition }, manner),
  /** Says that a partition is part of its transaction, as clients do before KIP-890. */
  addPartition: (
    stage: Stage,
    { producer, partition = 0, ...manner }: One & OfPartition & Manner,
  ) => stage.producers.get(producer).addPartition({ topic, partition }, manner),
  commit: (stage: Stage, { producer, ...manner }: One & Manner) =>
    stage.producers.get(producer).end(true, manner),
  abort: (stage: Stage, { producer, ...manner }: One & Manner) =>
    stage.producers.get(producer).end(false, manner),
  /** What the network has kept of its requests arrives. */
  release: (stage: Stage, { producer }: One) => stage.producers.get(producer).release(),

  /** Writes the results of what a member has taken, and commits its offsets, in one transaction. */
  transform: (stage: Stage, { producer, member }: One & { readonly member: string }) =>
    transform(stage, producer, member),

  /** What is committed of the results. */
  results: (stage: Stage) => ({ results: resultsOf(stage) }),

  /** A transactional id as its coordinator has it. */
  transaction: (stage: Stage, { transactionalId = 'T' }: { readonly transactionalId?: string }) =>
    stage.transaction(transactionalId),
  /** Waits until it is as expected. */
  untilTransaction: (
    stage: Stage,
    { transactionalId = 'T' }: { readonly transactionalId?: string },
    expected: ExpectedFacts,
  ) => {
    stage.until(() => fits(stage.transaction(transactionalId), expected));
    return stage.transaction(transactionalId);
  },
};

function resultsOf({ cluster }: Stage): string[] {
  const { topicId, partitions } = cluster.metadata.topicsByName.get(output)!;
  const log = cluster.log(partitions[0]!.leader, topicId, 0);
  return log === undefined ? [] : committedRecords(log).map(({ value }) => textOf(value));
}

function transform(stage: Stage, producer: string, member: string): Facts {
  const writer = stage.producers.get(producer);
  const { records, identity, offsets } = stage.members.get(member).handOver();
  for (const { value } of records) {
    const { error = null } = writer.write(value.toUpperCase(), { topic: output, partition: 0 });
    if (error !== 'NONE') return { write: error };
  }
  const { error = null } = writer.sendOffsets(identity, offsets);
  const isIn = error === 'NONE';
  const ended = writer.end(isIn);
  if (isIn && ended.error === 'NONE') stage.members.processed.push(...records);
  return { offsets: error, [isIn ? 'commit' : 'abort']: ended.error ?? null };
}
