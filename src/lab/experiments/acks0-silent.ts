import type { Experiment } from './experiment.ts';

export const acks0Silent: Experiment = {
  id: 'E02',
  name: 'acks0-silent',
  title: 'With acks=0 nobody says that nothing was written',
  teaches:
    'A producer with acks=0 is not answered, whether the record was written or refused: there is ' +
    'no response in which an error could stand. All that a broker can do about a refusal is to ' +
    'close the connection, and then the producer connects anew and goes on. Asking the wrong ' +
    'broker, or sending a batch that is too large, looks to the application like success.',
  source: 'acks in the documentation of the producer; KafkaApis.handleProduceRequest',
  prevention: 'acks=1 or acks=all',
  topicConfig: { 'max.message.bytes': '1000' },
  steps: [
    {
      say: 'A producer sends m to broker {2}, which it takes for the leader. Broker {1} leads.',
      do: 'produce',
      value: 'm',
      to: 2,
      harm: { heard: 'the end of the connection' },
      prevented: { error: 'NOT_LEADER_OR_FOLLOWER' },
    },
    {
      say: 'It sends big, which is larger than max.message.bytes, to broker {1}.',
      do: 'produce',
      value: 'big',
      sizeBytes: 2000,
      harm: { heard: 'the end of the connection' },
      prevented: { error: 'MESSAGE_TOO_LARGE' },
    },
    {
      say: 'It sends x, with which nothing is wrong.',
      do: 'produce',
      value: 'x',
      timeoutMs: 1000,
      harm: { heard: 'nothing' },
      prevented: { error: 'NONE', baseOffset: 'n' },
    },
    {
      say: 'Everybody has x.',
      do: 'untilReplica',
      broker: 1,
      expect: { logEndOffset: 'n+1', highWatermark: 'n+1' },
    },
    {
      say: 'A consumer reads what was sent.',
      do: 'read',
      expect: { values: ['x'] },
    },
  ],
  harm: {
    with: 'acks=0',
    acks: 0,
    outcome: { lost: ['m', 'big'] },
    because:
      'Three sends, three successes, one record. The producer has seen a connection end twice, ' +
      'and that may have a hundred reasons.',
  },
  prevented: {
    with: 'acks=1',
    acks: 1,
    outcome: {},
    because:
      'Two of the three are refused, each with the reason: the producer asks who leads and tries ' +
      'again, and the application hears that its record is too large.',
  },
};
