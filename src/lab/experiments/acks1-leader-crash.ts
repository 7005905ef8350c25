import type { Experiment } from './experiment.ts';

export const acks1LeaderCrash: Experiment = {
  id: 'E01',
  name: 'acks1-leader-crash',
  title: 'A leader crashes with what it alone has acknowledged',
  teaches:
    'With acks=1 the leader answers as soon as the record is in its own log. If it ends before a ' +
    'follower has fetched the record, the next leader has never heard of it and gives its offset ' +
    'to another. When the old leader comes back it cuts the record off its own log: a partition ' +
    'has one history, and it is that of its leader.',
  source: 'acks in the documentation of the producer; truncation: KIP-101, KIP-595',
  prevention: 'acks=all, and min.insync.replicas of at least 2',
  steps: [
    {
      say: 'Brokers {2} and {3} are cut off from broker {1}; clients still reach it.',
      do: 'cut',
      from: 1,
      to: [2, 3],
      plane: 'replication',
    },
    {
      say: 'A producer sends m to broker {1}, which leads, and waits two seconds for an answer.',
      do: 'produce',
      value: 'm',
      timeoutMs: 2000,
      harm: { error: 'NONE', baseOffset: 'n' },
      prevented: { error: 'REQUEST_TIMED_OUT' },
    },
    {
      say: 'Broker {1} crashes before anybody has fetched m.',
      do: 'crash',
      broker: 1,
      atOnce: true,
    },
    {
      say: 'When the session of broker {1} is over, the controller elects broker {2}.',
      do: 'until',
      expect: { leader: 2, leaderEpoch: 'E+1', isr: [2, 3] },
    },
    {
      say: 'A consumer asks broker {2} for m. It is not there.',
      do: 'read',
      expect: { error: 'NONE', values: [], highWatermark: 'n' },
    },
    {
      say: 'The producer sends x. It gets the very offset that m had on broker {1}.',
      do: 'produce',
      value: 'x',
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    {
      say: 'What will broker {2} say to somebody who has m, of epoch {E}? Where that epoch ended.',
      do: 'read',
      from: 'n+1',
      lastEpoch: 'E',
      expect: { divergingEpoch: { epoch: 'E', endOffset: 'n' } },
    },
    { say: 'The network is mended.', do: 'heal' },
    { say: 'Broker {1} comes back with m in its log.', do: 'restart', broker: 1 },
    {
      say: 'Broker {2} tells it just that: it cuts m off, and fetches x.',
      do: 'untilReplica',
      broker: 1,
      expect: { role: 'Follower', logEndOffset: 'n+1', values: ['x'] },
    },
  ],
  harm: {
    with: 'acks=1',
    acks: 1,
    outcome: { lost: ['m'], conflicting: ['n'] },
    because:
      'The producer was told that m stands at an offset at which x stands now. Nothing went ' +
      'wrong by the rules: acks=1 promises no more than the leader that gives it.',
  },
  prevented: {
    with: 'acks=all',
    acks: -1,
    outcome: {},
    because:
      'The producer was not told that m was written, so it knows that it must try again. Nothing ' +
      'that was acknowledged is lost.',
  },
};
