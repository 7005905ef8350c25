import type { Experiment } from './experiment.ts';

export const isrFlap: Experiment = {
  id: 'E15',
  name: 'isr-flap',
  title: 'A follower that goes in and out of the ISR',
  teaches:
    'A follower may join the ISR as soon as it has all that is committed; it must leave when it ' +
    'has not reached the end of the log for a while. As a rule the two are close together. But ' +
    'below min.insync.replicas the high watermark rests, while producers with acks=1 go on: then ' +
    'the end runs away from it, and a follower that is too slow to reach the end can join at ' +
    'once, is dropped for lagging when the leader looks next, twice per replica.lag.time.max.ms, ' +
    'and joins again with its next fetch.',
  source: 'KAFKA-19996 (open in August 2026); the high watermark rests since KAFKA-15583',
  prevention: 'acks=all, so that nobody writes below min.insync.replicas; followers that keep up',
  brokers: 2,
  replicas: [[1, 2]],
  config: { 'replica.lag.time.max.ms': '5000', 'replica.fetch.max.bytes': '1' },
  steps: [
    { say: 'Broker {2} is shut down.', do: 'shutdown', broker: 2 },
    { say: 'Broker {1} leads alone.', do: 'until', expect: { leader: 1, isr: [1] } },
    {
      say: 'A producer writes five records a second with acks=1.',
      do: 'traffic',
      everyMs: 200,
      ms: 10_000,
      expect: { isrChanges: 0 },
    },
    {
      say: 'The link to broker {2} is slow: a fetch, which brings one batch, takes a second.',
      do: 'slow',
      from: 1,
      to: 2,
      plane: 'replication',
      latencyMs: 500,
    },
    { say: 'Broker {2} is started again.', do: 'restart', broker: 2 },
    {
      say: 'The producer goes on for twenty seconds. How often does the ISR change?',
      do: 'traffic',
      everyMs: 200,
      ms: 20_000,
      harm: { isrChanges: { from: 12, to: 18 } },
      prevented: { isrChanges: 0 },
    },
    { say: 'The link is as fast as ever.', do: 'heal' },
    { say: 'Broker {2} gets to the end of the log.', do: 'wait', ms: 10_000 },
    { say: 'Both are in sync.', do: 'look', expect: { isr: [1, 2] } },
    {
      say: 'The producer goes on for a minute.',
      do: 'traffic',
      everyMs: 1000,
      ms: 60_000,
      expect: { isrChanges: 0 },
    },
  ],
  harm: {
    with: 'min.insync.replicas=2, and one replica left',
    outcome: {},
    because:
      'Broker {2} was in the ISR for most of the time, and never near the end of the log. ' +
      'Nothing is lost, but each change goes by way of the controllers: some fifty a minute, for ' +
      'one partition.',
  },
  prevented: {
    with: 'min.insync.replicas=1',
    topicConfig: { 'min.insync.replicas': '1' },
    outcome: {},
    because:
      'One is enough, so the high watermark is where the log of broker {1} ends, and broker {2} ' +
      'joins when it has got there. The price is that what is committed is on one disk.',
  },
};
