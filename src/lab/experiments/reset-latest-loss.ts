import type { Experiment } from './experiment.ts';
import { oneBroker } from './one-broker.ts';

export const resetLatestLoss: Experiment = {
  id: 'E38',
  name: 'reset-latest-loss',
  title: 'Where a group begins to read that has not committed anything',
  teaches:
    'auto.offset.reset says where to read when there is no committed offset, or none that is ' +
    'still in the log. With latest, the default, it is the end: what was written before is ' +
    'passed over, and nobody is told. That is well meant for the first start. But there is no ' +
    'committed offset either in a partition that is new, or after offsets.retention.minutes ' +
    'without a member; and none that is good after the log has been cut.',
  source: 'auto.offset.reset; KAFKA-12478 (new partitions), KIP-211 (retention of offsets)',
  prevention: 'auto.offset.reset=earliest, with idempotent processing; or none, and decide',
  ...oneBroker,
  replicas: [[1]],
  config: {
    ...oneBroker.config,
    'offsets.retention.minutes': '1',
    'offsets.retention.check.interval.ms': '30000',
  },
  steps: [
    { say: 'A producer sends a.', do: 'produce', value: 'a' },
    { say: 'A joins, for the first time.', do: 'join', member: 'A', expect: { partitions: [0] } },
    {
      say: 'A polls.',
      do: 'poll',
      member: 'A',
      harm: { processed: [] },
      prevented: { processed: ['a'] },
    },
    { say: 'The producer sends b.', do: 'produce', value: 'b' },
    {
      say: 'A polls, and commits.',
      do: 'poll',
      member: 'A',
      expect: { processed: ['b'], commit: 'NONE' },
    },
    { say: 'The topic gets a second partition.', do: 'growTopic', to: 2 },
    {
      say: 'The producer knows that before A does, and sends c there.',
      do: 'produce',
      value: 'c',
      partition: 1,
      atOnce: true,
      expect: { error: 'NONE' },
    },
    {
      say: 'A has seen it, and joins again.',
      do: 'untilMember',
      member: 'A',
      expect: { state: 'stable', generation: 2, partitions: [0, 1] },
    },
    {
      say: 'A polls.',
      do: 'poll',
      member: 'A',
      harm: { processed: [] },
      prevented: { processed: ['c'] },
    },
    { say: 'A is closed for a while.', do: 'close', member: 'A' },
    { say: 'The producer sends d.', do: 'produce', value: 'd' },
    { say: 'It sends e as well.', do: 'produce', value: 'e' },
    {
      say: 'Retention deletes all before e.',
      do: 'deleteRecords',
      before: 'n+3',
      expect: { error: 'NONE' },
    },
    { say: 'A is back, and wants to read on from d.', do: 'join', member: 'A' },
    {
      say: 'A polls. That offset is out of range.',
      do: 'poll',
      member: 'A',
      harm: { processed: [] },
      prevented: { processed: ['e'] },
    },
    { say: 'A is closed again.', do: 'close', member: 'A' },
    { say: 'The producer sends f.', do: 'produce', value: 'f' },
    {
      say: 'The group is empty for longer than its offsets are kept: a minute here, else a week.',
      do: 'wait',
      ms: 120_000,
    },
    { say: 'Nothing is committed any more.', do: 'committed', expect: { offset: -1 } },
    { say: 'A is back.', do: 'join', member: 'A', expect: { partitions: [0, 1] } },
    {
      say: 'A polls.',
      do: 'poll',
      member: 'A',
      harm: { processed: [] },
      prevented: { processed: ['e', 'f', 'c'] },
    },
  ],
  harm: {
    with: 'auto.offset.reset=latest, the default',
    consumer: { autoOffsetReset: 'latest' },
    outcome: { neverProcessed: ['e', 'f', 'c'] },
    because:
      'Each time A began at the end. It was told of no error, and it is not behind: what it ' +
      'passed over nobody will ever miss but the people who wait for it.',
  },
  prevented: {
    with: 'auto.offset.reset=earliest',
    consumer: { autoOffsetReset: 'earliest' },
    outcome: { processedTwice: ['e', 'c'] },
    because:
      'Nothing that was there to be read was passed over. When the offsets had expired, what was ' +
      'left was processed again: rather twice than never. (d was deleted before anybody had it; ' +
      'that no setting of a consumer prevents.)',
  },
};
