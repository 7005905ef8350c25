import type { Experiment, WayName } from './experiment.ts';
import type { Step } from './verbs.ts';

const first: readonly string[] = ['a', 'b', 'c', 'd', 'e'];

const sending = first.map((value): Step => {
  return { say: `It sends ${value}.`, do: 'send', value, atOnce: true };
});

const retries = first.slice(1).map((value, index): Step => {
  const prevented = { error: 'NONE', baseOffset: `n+${index + 1}` };
  return { say: `And ${value}.`, do: 'retry', value, only: 'prevented', prevented };
});

const both: WayName[] = ['harm', 'prevented'];

export const dedupeWindow: Experiment = {
  id: 'E21',
  name: 'dedupe-window',
  title: 'A broker remembers the last five batches of a producer, and no more',
  teaches:
    'What makes a producer idempotent is memory: of every producer the leader of a partition ' +
    'knows the last five batches, and a batch that is one of them is answered as it was the ' +
    'first time. An older one is not recognised. It is not appended either, for its sequence ' +
    'number is not the next one: the answer is OUT_OF_ORDER_SEQUENCE_NUMBER, and the producer ' +
    'cannot know from it whether the batch is there. That is why no more than five may be under ' +
    'way.',
  source: 'KIP-98, KAFKA-5494; max.in.flight.requests.per.connection',
  prevention: 'no more than 5 in flight, which clients of Kafka see to',
  steps: [
    {
      say: 'From now on nothing that broker {1} says reaches the producer.',
      do: 'cut',
      from: 1,
      to: 'clients',
      oneWay: true,
    },
    ...sending,
    {
      say: 'It has f as well, and sends it if so many may be under way.',
      do: 'send',
      value: 'f',
      atOnce: true,
    },
    {
      say: 'Broker {1} appends what comes.',
      do: 'untilReplica',
      broker: 1,
      harm: { highWatermark: 'n+6', values: [...first, 'f'] },
      prevented: { highWatermark: 'n+5', values: first },
    },
    {
      say: 'The producer hears nothing of any of them.',
      do: 'answer',
      value: 'e',
      expect: { heard: 'nothing in time' },
    },
    { say: 'The network is well again.', do: 'heal' },
    {
      say: 'The producer begins to send all of it again, with a.',
      do: 'retry',
      value: 'a',
      only: both,
      harm: { error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' },
      prevented: { error: 'NONE', baseOffset: 'n' },
    },
    ...retries,
    {
      say: 'b is one of the last five: it is recognised.',
      do: 'retry',
      value: 'b',
      only: 'harm',
      harm: { error: 'NONE', baseOffset: 'n+1' },
    },
    {
      say: 'The producer reports a as failed, and its application sends it once more.',
      do: 'produce',
      value: 'a',
      only: 'harm',
      harm: { error: 'NONE', baseOffset: 'n+6' },
    },
    {
      say: 'Now there is room for f.',
      do: 'answer',
      value: 'f',
      only: 'prevented',
      prevented: { error: 'NONE', baseOffset: 'n+5' },
    },
    {
      say: 'A consumer reads.',
      do: 'read',
      harm: { values: [...first, 'f', 'a'] },
      prevented: { values: [...first, 'f'] },
    },
  ],
  harm: {
    with: 'a client of its own making, with 6 in flight',
    idempotent: true,
    maxInFlight: 6,
    outcome: { duplicated: ['a'] },
    because:
      'a had been appended, and five batches later broker {1} did not know that any more. It ' +
      'refused the retry, which the producer had to take for a failure; so a is there twice.',
  },
  prevented: {
    with: 'max.in.flight.requests.per.connection=5',
    idempotent: true,
    maxInFlight: 5,
    outcome: {},
    because:
      'The oldest batch that a producer can send again is one of the last five, and those are ' +
      'known. Every retry got the offset of the first time.',
  },
};
