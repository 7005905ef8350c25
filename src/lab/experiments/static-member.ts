import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const staticMember: Experiment = {
  id: 'E35',
  name: 'static-member',
  title: 'A consumer is restarted, and the group does not notice',
  teaches:
    'A member that has a group.instance.id does not say goodbye when it is closed. The group ' +
    'keeps its place for as long as its session, and who comes back under that id gets the same ' +
    'partitions, without a rebalance. The price: if it does not come back, nobody has its ' +
    'partitions until the session is over. And an id must be unique: of two with the same one ' +
    'the older is fenced; under KIP-848 it is the newcomer who is refused.',
  source: 'KIP-345; for group.protocol=consumer KIP-848',
  prevention: 'group.instance.id, and a session.timeout.ms longer than a restart',
  ...oneBroker,
  steps: [
    {
      say: 'A and B join.',
      do: 'join',
      member: ['A', 'B'],
      harm: { A: [0], B: [1] },
      prevented: { A: [0], B: [1] },
    },
    { say: 'The group has come to its first assignment; now we count.', do: 'pauses' },
    { say: 'A is closed, to be updated.', do: 'close', member: 'A' },
    { say: 'Ten seconds later it is back.', do: 'wait', ms: 10_000 },
    { say: 'It joins, and is given its partition.', do: 'join', member: 'A' },
    {
      say: 'What has that been for the group?',
      do: 'pauses',
      harm: { rebalances: 2, partitionsPaused: 2 },
      prevented: { rebalances: 0, partitionsPaused: 1 },
      also: { rebalances: 0, partitionsPaused: 1 },
    },
    {
      say: 'Somebody starts another process with the instance id of A by mistake.',
      do: 'start',
      member: 'twin',
      settings: { isStatic: 'A' },
      only: ['prevented', 'also'],
    },
    {
      say: 'A is fenced.',
      do: 'hears',
      member: 'A',
      only: 'prevented',
      prevented: { error: 'FENCED_INSTANCE_ID' },
    },
    {
      say: 'The twin is told that the id is taken. A does not notice.',
      do: 'hears',
      member: 'twin',
      only: 'also',
      also: { error: 'UNRELEASED_INSTANCE_ID' },
    },
    {
      say: 'The twin has the place of A now, without a rebalance.',
      do: 'member',
      member: 'twin',
      only: 'prevented',
      prevented: { state: 'stable', generation: 1, partitions: [0] },
    },
    { say: 'B crashes.', do: 'crashMember', member: 'B', only: ['prevented', 'also'] },
    {
      say: 'Only when its session is over do the others get what it had.',
      do: 'untilGroup',
      only: ['prevented', 'also'],
      prevented: { state: 'Stable', generation: 2, members: ['A'] },
      also: { state: 'Stable', members: ['A'] },
    },
    {
      say: 'That was one rebalance.',
      do: 'pauses',
      only: ['prevented', 'also'],
      prevented: { rebalances: 1, partitionSeconds: { from: 40, to: 52 } },
      also: { rebalances: 1, longestSeconds: { from: 40, to: 50 } },
    },
  ],
  harm: {
    with: 'members without an instance id',
    outcome: {},
    because:
      'A left and came back as somebody new: two rebalances, and in each of them everybody gave ' +
      'up what it had. With twenty consumers a rolling restart is forty rebalances.',
  },
  prevented: {
    with: 'group.instance.id',
    consumer: { isStatic: true },
    outcome: {},
    because:
      'While A was away nobody read its partition, and nothing else happened. The twin took its ' +
      'place at once, and A was fenced: so it is with the classic protocol.',
  },
  also: {
    with: 'group.instance.id, and group.protocol=consumer',
    consumer: { isStatic: true, protocol: 'consumer' },
    outcome: {},
    because:
      'The same, but that the twin is refused for as long as A is a member: so it is with KIP-848.',
  },
};
