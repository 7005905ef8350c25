import type { Experiment } from './experiment.ts';

export const minIsrReject: Experiment = {
  id: 'E04',
  name: 'min-isr-reject',
  title: 'With too few replicas in sync, acks=all is refused',
  teaches:
    'min.insync.replicas says how many replicas must be in sync for a write with acks=all. With ' +
    'fewer the leader refuses, and nothing is written: so many brokers may fail as there are ' +
    'more replicas than the minimum. A write with acks=1 is still accepted; but since Kafka 3.7 ' +
    'no consumer sees it until enough replicas have it.',
  source: 'min.insync.replicas; KAFKA-15583 (strict minimum for the high watermark)',
  prevention:
    'a replication factor that is larger than min.insync.replicas by what may fail at once',
  brokers: 4,
  steps: [
    { say: 'Brokers {2} and {3} crash.', do: 'crash', broker: [2, 3] },
    {
      say: 'When their sessions are over they leave the ISR, and broker {1} hears of it.',
      do: 'untilReplica',
      broker: 1,
      harm: { isr: [1] },
      also: { isr: [1] },
      prevented: { isr: [1, 4] },
    },
    {
      say: 'A producer sends m with acks=all.',
      do: 'produce',
      value: 'm',
      harm: { error: 'NOT_ENOUGH_REPLICAS' },
      also: { error: 'NOT_ENOUGH_REPLICAS' },
      prevented: { error: 'NONE', baseOffset: 'n' },
    },
    {
      say: 'Broker {1} has not written it.',
      do: 'inspect',
      broker: 1,
      only: ['harm', 'also'],
      harm: { logEndOffset: 'n', values: [] },
      also: { logEndOffset: 'n', values: [] },
    },
    {
      say: 'Another producer sends x with acks=1.',
      do: 'produce',
      value: 'x',
      acks: 1,
      harm: { error: 'NONE', baseOffset: 'n' },
      also: { error: 'NONE', baseOffset: 'n' },
      prevented: { error: 'NONE', baseOffset: 'n+1' },
    },
    { say: 'A second goes by.', do: 'wait', ms: 1000 },
    {
      say: 'A consumer reads.',
      do: 'read',
      harm: { values: [], highWatermark: 'n' },
      also: { values: ['x'], highWatermark: 'n+1' },
      prevented: { values: ['m', 'x'], highWatermark: 'n+2' },
    },
    {
      say: 'Brokers {2} and {3} come back, and are in sync.',
      do: 'restart',
      broker: [2, 3],
    },
    {
      say: 'The ISR is full again.',
      do: 'until',
      expect: { leader: 1 },
      harm: { isr: [1, 2, 3] },
      also: { isr: [1, 2, 3] },
      prevented: { isr: [1, 2, 3, 4] },
    },
    {
      say: 'The consumer reads again.',
      do: 'read',
      harm: { values: ['x'] },
      also: { values: ['x'] },
      prevented: { values: ['m', 'x'] },
    },
  ],
  harm: {
    with: 'three replicas, min.insync.replicas=2: one may fail',
    outcome: {},
    because:
      'Nothing is lost. But for as long as two brokers are down the topic takes no write with ' +
      'acks=all, and shows nothing of what it takes otherwise.',
  },
  prevented: {
    with: 'four replicas, min.insync.replicas=2: two may fail',
    replicas: [[1, 2, 3, 4]],
    outcome: {},
    because: 'Two in-sync replicas are left, and that is enough.',
  },
  also: {
    with: 'three replicas, before Kafka 3.7 (knobs: { strictMinIsr: false })',
    knobs: { strictMinIsr: false, elr: false },
    outcome: {},
    because:
      'The high watermark moves although a single broker has x: consumers read what one crash ' +
      'more could undo.',
  },
};
