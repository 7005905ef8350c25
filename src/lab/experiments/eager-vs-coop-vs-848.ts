import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const eagerVsCoopVs848: Experiment = {
  id: 'E34',
  name: 'eager-vs-coop-vs-848',
  title: 'A fourth consumer comes, and one of the others is slow to give anything up',
  teaches:
    'Twelve partitions and three consumers, of which C needs twenty seconds to give partitions ' +
    'up, for it has to flush what it has. D joins, and is to have three of the twelve. How much ' +
    'of the topic stands still, and for how long, is a matter of the protocol: eager members ' +
    'give up everything and wait for each other; cooperative ones keep what stays theirs, but ' +
    'wait for each other still; under KIP-848 nobody waits for anybody but the next owner of a ' +
    'partition for the one before.',
  source: 'KIP-429 (cooperative), KIP-848',
  prevention: 'group.protocol=consumer; cooperative-sticky where that is not to be had',
  ...oneBroker,
  replicas: Array.from({ length: 12 }, () => [1]),
  steps: [
    { say: 'A and B join.', do: 'join', member: ['A', 'B'] },
    {
      say: 'C joins, who is slow to give up.',
      do: 'join',
      member: 'C',
      settings: { revocationMs: 20_000 },
    },
    { say: 'What has been so far does not count.', do: 'pauses' },
    { say: 'D begins to join.', do: 'start', member: 'D' },
    { say: 'Forty seconds go by.', do: 'wait', ms: 40_000 },
    { say: 'The group is stable.', do: 'group', expect: { state: 'Stable' } },
    {
      say: 'What stood still?',
      do: 'pauses',
      harm: {
        rebalances: 1,
        partitionsPaused: 12,
        longestSeconds: { from: 20, to: 24 },
        partitionSeconds: { from: 200, to: 280 },
      },
      prevented: {
        rebalances: 1,
        partitionsPaused: 3,
        partitionSeconds: { from: 20, to: 37 },
      },
      also: {
        rebalances: 2,
        partitionsPaused: 3,
        partitionSeconds: { from: 60, to: 75 },
      },
    },
  ],
  harm: {
    with: 'partition.assignment.strategy=RoundRobinAssignor: eager',
    consumer: { assignor: 'eager' },
    outcome: {},
    because:
      'Everybody gave up everything, and then all waited for C: twelve partitions, for as long ' +
      'as the slowest member takes.',
  },
  prevented: {
    with: 'group.protocol=consumer (KIP-848)',
    consumer: { protocol: 'consumer' },
    outcome: {},
    because:
      'Only the partition that D gets from C had to wait for C. The other two went to D with its ' +
      'next heartbeat, and nine never stood still.',
  },
  also: {
    with: 'partition.assignment.strategy=CooperativeStickyAssignor',
    consumer: { assignor: 'cooperative' },
    outcome: {},
    because:
      'Only the three that move stood still. But they are assigned in a second rebalance, and ' +
      'that one waits for C: all three for as long as the slowest member takes.',
  },
};
