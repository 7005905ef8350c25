import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

const members = ['A', 'B', 'C', 'D', 'E', 'F'];

export const rebalanceStorm: Experiment = {
  id: 'E33',
  name: 'rebalance-storm',
  title: 'Everybody stops whenever somebody comes or goes',
  teaches:
    'With the classic protocol and an eager assignor each rebalance stops the whole group: ' +
    'everybody gives up everything, and goes on when the last one has joined again, who hears of ' +
    'it with its next heartbeat only. A deployment that starts consumers one after another makes ' +
    'rebalance follow upon rebalance, and a rolling restart makes two for each consumer: it ' +
    'leaves, and it comes back.',
  source: 'KIP-134 (group.initial.rebalance.delay.ms), KIP-345 (static members)',
  prevention: 'group.initial.rebalance.delay.ms, and group.instance.id for restarts',
  ...oneBroker,
  replicas: members.map(() => [1]),
  steps: [
    {
      say: 'Six consumers start, one every half second.',
      do: 'join',
      member: members,
      everyMs: 500,
    },
    {
      say: 'What has that been for the group?',
      do: 'pauses',
      harm: { rebalances: { from: 2, to: 5 }, partitionsPaused: 6 },
      prevented: { rebalances: 1, partitionsPaused: 0 },
    },
    {
      say: 'One after the other is restarted, which takes five seconds each.',
      do: 'restartEach',
      members,
      awayMs: 5000,
    },
    {
      say: 'And that?',
      do: 'pauses',
      harm: { rebalances: 12, partitionsPaused: 6, partitionSeconds: { from: 50, to: 250 } },
      prevented: { rebalances: 0, partitionsPaused: 6, partitionSeconds: { from: 30, to: 32 } },
    },
  ],
  harm: {
    with: 'group.initial.rebalance.delay.ms=0, and members without an instance id',
    config: { ...oneBroker.config, 'group.initial.rebalance.delay.ms': '0' },
    outcome: {},
    because:
      'Two rebalances for each restart, and in each of them all partitions stood still until the ' +
      'last member had joined again.',
  },
  prevented: {
    with: 'group.initial.rebalance.delay.ms=3000, the default, and group.instance.id',
    consumer: { isStatic: true },
    outcome: {},
    because:
      'The group waited for three seconds, and for three more as others came, and then assigned ' +
      'once. A restart stopped nothing but the partition of who was away.',
  },
};
