interface OdradekDefault {
  readonly name: string;
  readonly value: string;
  readonly why: string;
  /** Kafka's default stays if one of these is given: the two would not go together. */
  readonly unless: readonly string[];
}

/**
 * Where Odradek starts with another value than Kafka, because a test should not wait. They are
 * static configs of every broker: DescribeConfigs shows them with source 4, next to Kafka's own
 * default, so nobody has to read this page to see them. `kafkaDefaults` switches them off.
 */
export const odradekDefaults: readonly OdradekDefault[] = [
  {
    name: 'broker.session.timeout.ms',
    value: '300',
    why:
      'Kafka: 9000. A crashed broker is found out in a third of a second. Heartbeats are ' +
      'events of the one clock, so a process that stalls does not miss them.',
    unless: ['broker.heartbeat.interval.ms'],
  },
  {
    name: 'broker.heartbeat.interval.ms',
    value: '100',
    why: 'Kafka: 2000. A third of the session, and a restarted broker is in at once.',
    unless: [],
  },
  {
    name: 'controller.quorum.election.timeout.ms',
    value: '100',
    why: 'Kafka: 1000. Several controllers have elected one in two tenths of a second.',
    unless: [],
  },
  {
    name: 'controller.quorum.fetch.timeout.ms',
    value: '300',
    why: 'Kafka: 2000. A crashed controller is found out as fast as a crashed broker.',
    unless: [],
  },
  {
    name: 'controller.quorum.election.backoff.max.ms',
    value: '100',
    why: 'Kafka: 1000. As long as an election.',
    unless: [],
  },
  {
    name: 'group.initial.rebalance.delay.ms',
    value: '0',
    why: 'Kafka: 3000. A test has one or two members and need not wait for more.',
    unless: [],
  },
  {
    name: 'offsets.topic.segment.bytes',
    value: '2097152',
    why:
      'Kafka: 104857600. What commits have superseded is compacted away only behind the active ' +
      'segment, and here it is in memory.',
    unless: [],
  },
  {
    name: 'transaction.state.log.segment.bytes',
    value: '2097152',
    why: 'Kafka: 104857600. As for the offsets.',
    unless: [],
  },
];
