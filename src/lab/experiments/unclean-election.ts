import type { Experiment } from './experiment.ts';

export const uncleanElection: Experiment = {
  id: 'E11',
  name: 'unclean-election',
  title: 'Rather any leader than none',
  teaches:
    'Followers that lag leave the ISR, and with min.insync.replicas=1 the leader goes on alone: ' +
    'what it writes is committed, and on one disk. If it ends now, nobody who lives may lead. ' +
    'Kafka then waits until the last one in sync is back. With unclean.leader.election.enable it ' +
    'does not: somebody leads with the shorter log, its offsets begin again where that ends, and ' +
    'what was beyond is gone even if the old leader comes back with it.',
  source: 'unclean.leader.election.enable; KIP-106',
  prevention: 'unclean.leader.election.enable=false; min.insync.replicas of at least 2',
  topicConfig: { 'min.insync.replicas': '1' },
  config: { 'replica.lag.time.max.ms': '5000' },
  steps: [
    {
      say: 'Brokers {2} and {3} no longer hear broker {1}, which leads.',
      do: 'cut',
      from: 1,
      to: [2, 3],
      plane: 'replication',
    },
    { say: 'A producer sends m to broker {1} with acks=all.', do: 'send', value: 'm' },
    {
      say: 'The others have lagged for too long: broker {1} is alone in sync.',
      do: 'until',
      expect: { leader: 1, isr: [1] },
    },
    {
      say: 'All that is in sync has m: it is acknowledged.',
      do: 'answer',
      value: 'm',
      expect: { error: 'NONE', baseOffset: 'n' },
    },
    {
      say: 'Now w, which takes no time at all.',
      do: 'produce',
      value: 'w',
      expect: { error: 'NONE', baseOffset: 'n+1' },
    },
    {
      say: 'A consumer reads both.',
      do: 'read',
      expect: { values: ['m', 'w'], highWatermark: 'n+2' },
    },
    { say: 'Broker {1} crashes.', do: 'crash', broker: 1 },
    {
      say: 'Its session ends.',
      do: 'until',
      harm: { leader: 2, leaderEpoch: 'E+1', isr: [2], leaderRecoveryState: 'Recovering' },
      prevented: { leader: -1, leaderEpoch: 'E+1', isr: [], elr: [1] },
    },
    {
      say: 'A client asks broker {3} who leads.',
      do: 'metadata',
      at: 3,
      harm: { error: 'NONE', leader: 2 },
      prevented: { error: 'LEADER_NOT_AVAILABLE', leader: -1 },
    },
    {
      say: 'The consumer reads on from offset {n+2}.',
      do: 'read',
      from: 'n+2',
      harm: { error: 'OFFSET_OUT_OF_RANGE' },
      prevented: { error: 'LEADER_NOT_AVAILABLE' },
    },
    {
      say: 'A producer sends x.',
      do: 'produce',
      value: 'x',
      harm: { error: 'NONE', baseOffset: 'n' },
      prevented: { error: 'LEADER_NOT_AVAILABLE' },
    },
    { say: 'The network is mended, and broker {1} comes back.', do: 'heal' },
    { say: 'It has m and w on its disk.', do: 'restart', broker: 1, atOnce: true },
    {
      say: 'All three are in sync again.',
      do: 'until',
      expect: { isr: [1, 2, 3] },
      harm: { leader: 2 },
      prevented: { leader: 1 },
    },
    {
      say: 'A consumer reads from offset {n} on.',
      do: 'read',
      harm: { values: ['x'] },
      prevented: { values: ['m', 'w'] },
    },
  ],
  harm: {
    with: 'unclean.leader.election.enable=true',
    topicConfig: { 'unclean.leader.election.enable': 'true' },
    outcome: { lost: ['m', 'w'], conflicting: ['n'], lostCommitted: true },
    because:
      'The partition was never without a leader for longer than a session, and has forgotten ' +
      'what was acknowledged with acks=all and read. Broker {1} had it all the time; it had to ' +
      'cut it off.',
  },
  prevented: {
    with: 'unclean.leader.election.enable=false, the default',
    outcome: {},
    because:
      'For as long as broker {1} is away there is no leader, and nobody can write or read. Then ' +
      'all is there.',
  },
};
