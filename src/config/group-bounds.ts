/** Kinds of group and the timings that a group may choose between its broker's bounds. */
const bounded = {
  consumer: ['session.timeout.ms', 'heartbeat.interval.ms', 'assignment.interval.ms'],
  share: [
    ...['session.timeout.ms', 'heartbeat.interval.ms', 'record.lock.duration.ms'],
    ...['delivery.count.limit', 'partition.max.record.locks', 'assignment.interval.ms'],
  ],
  streams: ['session.timeout.ms', 'heartbeat.interval.ms', 'assignment.interval.ms'],
};

interface GroupBounds {
  /** `consumer.session.timeout.ms`; with `group.` before it, it is the broker's default. */
  readonly name: string;
  /** The broker config with the least value that is allowed. */
  readonly minimum: string | null;
  readonly maximum: string;
}

export const groupBounds: readonly GroupBounds[] = [
  ...Object.entries(bounded).flatMap(([kind, timings]) =>
    timings.map((timing) => ({
      name: `${kind}.${timing}`,
      minimum: `group.${kind}.min.${timing}`,
      maximum: `group.${kind}.max.${timing}`,
    })),
  ),
  {
    name: 'streams.num.standby.replicas',
    minimum: null,
    maximum: 'group.streams.max.standby.replicas',
  },
];
