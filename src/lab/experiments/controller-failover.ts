import type { Experiment } from './experiment.ts';

export const controllerFailover: Experiment = {
  id: 'E18',
  name: 'controller-failover',
  title: 'Without a controller all goes on, until something has to change',
  teaches:
    'Producers and consumers do not need a controller: brokers lead and follow as they were last ' +
    'told. But nobody can change anything. No topic is made, no ISR shrinks, and if a broker ' +
    'ends now, nobody is elected in its place, so its partitions stand still until there is a ' +
    'controller again. Three controllers elect another one in a few seconds; a single one has to ' +
    'come back.',
  source: 'KIP-500, KIP-595; pre-vote: KIP-996',
  prevention: 'three controllers (controller.quorum.voters), or five',
  steps: [
    { say: 'The active controller ends.', do: 'crashController' },
    {
      say: 'A producer sends m, and does not notice.',
      do: 'produce',
      value: 'm',
      expect: { error: 'NONE', baseOffset: 'n', tookMs: { from: 1, to: 100 } },
    },
    { say: 'Nor does a consumer.', do: 'read', expect: { values: ['m'], highWatermark: 'n+1' } },
    { say: 'Now broker {1}, which leads, crashes too.', do: 'crash', broker: 1 },
    {
      say: 'A client asks for a new topic.',
      do: 'createTopic',
      name: 'u',
      harm: { heard: 'nothing in time' },
      prevented: { error: 'NONE' },
    },
    { say: 'Half a minute goes by.', do: 'wait', ms: 30_000 },
    {
      say: 'Who leads?',
      do: 'look',
      harm: { leader: 1, leaderEpoch: 'E' },
      prevented: { leader: 2, leaderEpoch: 'E+1', isr: [2, 3] },
    },
    {
      say: 'A producer sends x.',
      do: 'produce',
      value: 'x',
      harm: { heard: 'the end of the connection' },
      prevented: { error: 'NONE', baseOffset: 'n+1' },
    },
    { say: 'The controller that ended is back.', do: 'restartController' },
    {
      say: 'Broker {1} does not come forward, and broker {2} leads.',
      do: 'until',
      expect: { leader: 2, leaderEpoch: 'E+1', isr: [2, 3] },
    },
    {
      say: 'As soon as broker {3} has fetched from it, it knows what is committed.',
      do: 'untilReplica',
      broker: 2,
      expect: { role: 'Leader' },
      harm: { highWatermark: 'n+1' },
      prevented: { highWatermark: 'n+2' },
    },
    {
      say: 'A consumer reads from broker {2}.',
      do: 'read',
      expect: { error: 'NONE' },
      harm: { values: ['m'] },
      prevented: { values: ['m', 'x'] },
    },
  ],
  harm: {
    with: 'one controller',
    controllers: 1,
    outcome: {},
    because:
      'Nothing is lost. But for as long as the only controller is away, a partition whose leader ' +
      'has ended can be neither written nor read, although two brokers have it all.',
  },
  prevented: {
    with: 'three controllers',
    controllers: 3,
    outcome: {},
    because:
      'The other two notice after a few seconds and elect one of them; that one waits for broker ' +
      '{1} for a session, and then elects broker {2}.',
  },
};
