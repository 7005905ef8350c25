import type { Experiment } from './experiment.ts';

export const powerCutAll: Experiment = {
  id: 'E13',
  name: 'power-cut-all',
  title: 'The power of all brokers fails at once',
  teaches:
    'Kafka answers when a record is in the memory of enough brokers: the disks come later, when ' +
    'the operating system sees fit. That is safe as long as brokers do not lose their power ' +
    'together. With min.insync.replicas=2 one may lose what it has not written down; if as many ' +
    'as two do, something acknowledged can be lost, and nothing in the protocol can help.',
  source: 'KIP-966: what is acknowledged survives min.insync.replicas - 1 unclean shutdowns',
  prevention: 'flush.messages=1, which costs a flush per batch; or brokers that fail separately',
  steps: [
    {
      say: 'All brokers are restarted, one by one: what there is is on the disks.',
      do: 'rollingRestart',
      brokers: [1, 2, 3],
    },
    { say: 'Broker {1} leads.', do: 'look', expect: { leader: 1, isr: [1, 2, 3] } },
    {
      say: 'A producer sends m with acks=all. All three brokers have it.',
      do: 'produce',
      value: 'm',
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    {
      say: 'The power fails, and all three go down.',
      do: 'crash',
      broker: [1, 2, 3],
      lose: 'unflushed',
      only: ['harm', 'prevented'],
    },
    {
      say: 'The power of brokers {1} and {2} fails. Broker {3} has another one.',
      do: 'crash',
      broker: [1, 2],
      lose: 'unflushed',
      only: 'also',
    },
    {
      say: 'Broker {3} leads alone.',
      do: 'until',
      also: { leader: 3, isr: [3] },
      only: 'also',
    },
    { say: 'The power is back, and brokers {1} and {2} start.', do: 'restart', broker: [1, 2] },
    { say: 'So does broker {3}.', do: 'restart', broker: 3, only: ['harm', 'prevented'] },
    { say: 'Their former sessions end, and they are let in.', do: 'wait', ms: 15_000 },
    { say: 'All three are in sync.', do: 'until', expect: { isr: [1, 2, 3] } },
    {
      say: 'A consumer asks for m.',
      do: 'read',
      expect: { error: 'NONE', values: ['m'] },
      harm: { values: [] },
    },
    {
      say: 'A producer sends x. Which offset does it get?',
      do: 'produce',
      value: 'x',
      expect: { error: 'NONE', baseOffset: 'n+1' },
      harm: { baseOffset: 'n' },
    },
  ],
  harm: {
    with: 'flush.messages as it is by default, which is never',
    outcome: { lost: ['m'], conflicting: ['n'], lostCommitted: true },
    because:
      'm was in the memory of three brokers and on no disk. Eligible leader replicas do not help ' +
      'when nobody is left who has it: Kafka lets the last leader lead with what it has.',
  },
  prevented: {
    with: 'flush.messages=1',
    topicConfig: { 'flush.messages': '1' },
    outcome: {},
    because: 'Each broker had m on its disk before it said that it has it.',
  },
  also: {
    with: 'brokers that do not share their power',
    outcome: {},
    because:
      'Two brokers have lost m, more than min.insync.replicas=2 promises to survive. It was in ' +
      'sync on a third one, and that was luck as much as foresight: with two in sync it would be ' +
      'gone.',
  },
};
