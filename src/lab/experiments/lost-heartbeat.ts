import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const lostHeartbeat: Experiment = {
  id: 'E36',
  name: '848-lost-heartbeat',
  title: 'A member does not hear what the coordinator says, or is not heard at all',
  teaches:
    'With group.protocol=consumer the reply to a heartbeat carries the assignment and the epoch ' +
    'of the member. If one is lost the member comes with the epoch before, and that is accepted: ' +
    'all is said once more. Who is more than one epoch behind is fenced, gives up everything and ' +
    'joins anew with epoch 0. And who is not heard for a whole session is put out: what was in ' +
    'its hands goes to another one, and it may not commit any more.',
  source: 'KIP-848',
  prevention: 'group.consumer.session.timeout.ms longer than what the network may take',
  ...oneBroker,
  consumer: { protocol: 'consumer' },
  steps: [
    { say: 'A and B join.', do: 'join', member: ['A', 'B'], expect: { A: [0], B: [1] } },
    {
      say: 'From now on A does not hear what the coordinator says.',
      do: 'cutMember',
      member: 'A',
      fate: 'response-lost',
    },
    { say: 'B leaves.', do: 'close', member: 'B' },
    {
      say: 'Six seconds go by, in which A asks again and again.',
      do: 'wait',
      ms: 6000,
    },
    {
      say: 'The coordinator has given it both partitions in a new epoch, and A does not know.',
      do: 'member',
      member: 'A',
      expect: { memberEpoch: 3, partitions: [0] },
    },
    {
      say: 'B is back before anything of that has reached A.',
      do: 'start',
      member: 'B',
      only: 'also',
    },
    {
      say: 'The coordinator wants A to give up partition 1 again, of which A has never heard.',
      do: 'wait',
      ms: 3000,
      only: 'also',
    },
    {
      say: 'A is heard again, and hears.',
      do: 'cutMember',
      member: 'A',
      fate: 'delivered',
    },
    {
      say: 'Its epoch is neither the present one nor the one before.',
      do: 'hears',
      member: 'A',
      only: 'also',
      also: { error: 'FENCED_MEMBER_EPOCH' },
    },
    {
      say: 'It has given up everything and joined with epoch 0.',
      do: 'untilMember',
      member: 'A',
      only: 'also',
      also: { state: 'stable', memberEpoch: 5, partitions: [0] },
    },
    {
      say: 'It says its old epoch once more, and the coordinator understands.',
      do: 'untilMember',
      member: 'A',
      only: ['harm', 'prevented'],
      expect: { state: 'stable', memberEpoch: 4, partitions: [0, 1] },
    },
    {
      say: 'B is back, and has partition 1 again.',
      do: 'join',
      member: 'B',
      only: ['harm', 'prevented'],
      expect: { partitions: [1] },
    },
    {
      say: 'A producer sends m to partition 0.',
      do: 'produce',
      value: 'm',
      only: ['harm', 'prevented'],
    },
    {
      say: 'A fetches it.',
      do: 'take',
      member: 'A',
      only: ['harm', 'prevented'],
      expect: { taken: ['m'] },
    },
    {
      say: 'From now on the coordinator does not hear A at all.',
      do: 'cutMember',
      member: 'A',
      fate: 'request-lost',
      only: ['harm', 'prevented'],
    },
    { say: 'Fifty seconds go by.', do: 'wait', ms: 50_000, only: ['harm', 'prevented'] },
    {
      say: 'Who is in the group?',
      do: 'group',
      only: ['harm', 'prevented'],
      expect: { state: 'Stable' },
      harm: { members: ['B'] },
      prevented: { members: ['A', 'B'] },
    },
    {
      say: 'B polls.',
      do: 'poll',
      member: 'B',
      only: ['harm', 'prevented'],
      harm: { processed: ['m'] },
      prevented: { processed: [] },
    },
    {
      say: 'A is heard again.',
      do: 'cutMember',
      member: 'A',
      fate: 'delivered',
      only: ['harm', 'prevented'],
    },
    {
      say: 'It is done with m, and commits it.',
      do: 'finish',
      member: 'A',
      atOnce: true,
      only: ['harm', 'prevented'],
      expect: { processed: ['m'] },
      harm: { commit: 'UNKNOWN_MEMBER_ID' },
      prevented: { commit: 'NONE' },
    },
    {
      say: 'Its heartbeat is refused as well. It gives up everything, and joins with epoch 0.',
      do: 'hears',
      member: 'A',
      only: 'harm',
      harm: { error: 'UNKNOWN_MEMBER_ID' },
    },
    {
      say: 'A is a member.',
      do: 'untilMember',
      member: 'A',
      only: ['harm', 'prevented'],
      harm: { state: 'stable', memberEpoch: 7, partitions: [1] },
      prevented: { state: 'stable', memberEpoch: 5, partitions: [0] },
    },
  ],
  harm: {
    with: 'group.consumer.session.timeout.ms=45000, the default',
    outcome: { processedTwice: ['m'] },
    because:
      'The lost replies did no harm. But after 45 seconds without a word A was out: B processed ' +
      'm as well, and the commit of A was refused.',
  },
  prevented: {
    with: 'group.consumer.session.timeout.ms=60000',
    config: { ...oneBroker.config, 'group.consumer.session.timeout.ms': '60000' },
    outcome: {},
    because:
      'A was not heard for 50 seconds and is still a member. It went on as if nothing had been.',
  },
  also: {
    with: 'two changes of the group while A hears nothing',
    outcome: {},
    because:
      'A could not have known what it owned, and was fenced. Nothing was in its hands, so ' +
      'nothing was processed twice.',
  },
};
