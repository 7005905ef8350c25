import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const commitAfterRevoke: Experiment = {
  id: 'E32',
  name: 'commit-after-revoke',
  title: 'A commit for a partition that belongs to somebody else by now',
  teaches:
    'While a rebalance goes on, records that were fetched before it may still be in the hands of ' +
    'a worker. If the consumer does not wait for them before it gives the partition up, the next ' +
    'owner gets them again. A commit that names the old generation is refused, and that is all ' +
    'that Kafka can do: it does not look at who owns a partition. If the client names the ' +
    'present generation, of which it is a member, it may commit for any partition, also ' +
    'backwards.',
  source: 'tulios/kafkajs#1046; KIP-447 on fencing by generation',
  prevention: 'wait for workers, and commit, in the callback of the revocation',
  ...oneBroker,
  steps: [
    {
      say: 'A joins, and has both partitions.',
      do: 'join',
      member: 'A',
      expect: { generation: 1, partitions: [0, 1] },
    },
    { say: 'A producer sends m to partition 1.', do: 'produce', value: 'm', partition: 1 },
    {
      say: 'A fetches m and gives it to a worker, which takes its time.',
      do: 'take',
      member: 'A',
      expect: { taken: ['m'] },
    },
    { say: 'Another record comes, x.', do: 'produce', value: 'x', partition: 1 },
    { say: 'B begins to join.', do: 'start', member: 'B' },
    {
      say: 'A is told so by its next heartbeat.',
      do: 'hears',
      member: 'A',
      expect: { error: 'REBALANCE_IN_PROGRESS' },
    },
    {
      say: 'It waits for its worker before it joins again. The worker is done with m.',
      do: 'finish',
      member: 'A',
      only: 'prevented',
      expect: { processed: ['m'], commit: 'NONE' },
    },
    {
      say: 'In generation 2 partition 1 belongs to B.',
      do: 'untilMember',
      member: 'B',
      expect: { state: 'stable', generation: 2, partitions: [1] },
    },
    {
      say: 'B polls.',
      do: 'poll',
      member: 'B',
      expect: { commit: 'NONE' },
      harm: { processed: ['m', 'x'] },
      also: { processed: ['m', 'x'] },
      prevented: { processed: ['x'] },
    },
    {
      say: 'The worker of A is done with m, and commits it.',
      do: 'finish',
      member: 'A',
      only: ['harm', 'also'],
      expect: { processed: ['m'] },
      harm: { commit: 'ILLEGAL_GENERATION' },
      also: { commit: 'NONE' },
    },
    {
      say: 'Up to where is partition 1 done?',
      do: 'committed',
      partition: 1,
      harm: { offset: 'n+2' },
      prevented: { offset: 'n+2' },
      also: { offset: 'n+1' },
    },
    { say: 'B leaves, and A has both partitions again.', do: 'close', member: 'B' },
    {
      say: 'It reads them on from where they are committed.',
      do: 'untilMember',
      member: 'A',
      expect: { state: 'stable', generation: 3, partitions: [0, 1] },
    },
    {
      say: 'A polls.',
      do: 'poll',
      member: 'A',
      harm: { processed: [] },
      prevented: { processed: [] },
      also: { processed: ['x'] },
    },
  ],
  harm: {
    with: 'partitions are given up at once, and commits name the generation of their records',
    consumer: { processesIn: 'a worker' },
    outcome: { processedTwice: ['m'] },
    because:
      'The commit of A came from generation 1 and was refused, so nothing is wrong with what is ' +
      'committed. But B had got m before A was done with it.',
  },
  prevented: {
    with: 'partitions are given up when the worker is done',
    consumer: { processesIn: 'the poll loop' },
    outcome: {},
    because:
      'A made the group wait until m was processed and committed. The rebalance took longer, and ' +
      'nothing was processed twice.',
  },
  also: {
    with: 'commits name the present generation (kafkajs, issue 1046)',
    consumer: { processesIn: 'a worker', commitsIn: 'the present generation' },
    outcome: { processedTwice: ['m', 'x'] },
    because:
      'A is a member of generation 2, so Kafka accepts its commit for a partition that is not ' +
      'its own. It takes the offset of B back by one, and x is processed once more.',
  },
};
