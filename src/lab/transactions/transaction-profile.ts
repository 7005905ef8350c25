import { Random } from '../../simulation/random.ts';
import type { MemberKind } from '../groups/group-client.ts';
import type { TopicPlan } from '../laboratory.ts';
import { type ActionName, drawFaults, type Profile } from '../profile.ts';
import type { ClientVersion } from './transaction-wire.ts';

/** What a run of transactions is made of. */
export interface TransactionProfile extends Profile {
  readonly clients: 'transactions';
  readonly input: TopicPlan;
  readonly output: TopicPlan;
  readonly kinds: readonly MemberKind[];
  readonly clientVersions: readonly ClientVersion[];
  /** Shared ones fence each other; without, each client has one of its own. */
  readonly transactionalIds: readonly string[];
  readonly transactionTimeoutMs: number;
  readonly deliveryTimeoutMs: number;
  /** One request in so many is lost, or its response is, or it comes late or twice; 0: none. */
  readonly mishapsIn: number;
}

const faults: readonly Partial<Record<ActionName, number>>[] = [
  { 'leave-group': 2 },
  { 'crash-member': 3 },
  { 'stall-member': 5, 'wake-member': 4 },
  { 'crash-coordinator': 2, restart: 3 },
  { 'move-coordinator': 2 },
  { crash: 1, restart: 2 },
  { 'power-cut': 1, restart: 2 },
  { shutdown: 1, restart: 2 },
  { pause: 2, resume: 3 },
  { cut: 2, mend: 3, heal: 1 },
  { slow: 3, mend: 1 },
  { lossy: 2, mend: 1 },
  { elect: 2 },
  { 'crash-controller': 1, 'restart-controller': 2 },
];

export function drawTransactionProfile(seed: number): TransactionProfile {
  const random = new Random(seed).fork('transaction profile');
  const pick = <Item>(items: readonly Item[]): Item => items[random.below(items.length)]!;
  const brokers = 3 + random.below(2);
  const input = drawTopic(random, 'in', brokers, 1 + random.below(4));
  const output = drawTopic(random, 'out', brokers, 1 + random.below(3));
  return {
    clients: 'transactions',
    // Much has to happen while a transaction is open.
    stepsPerEvent: 2,
    brokers,
    controllers: pick([1, 1, 3]),
    topics: [input, output],
    input,
    output,
    kinds: pick<readonly MemberKind[]>([['eager'], ['cooperative'], ['consumer'], ['consumer']]),
    clientVersions: pick<readonly ClientVersion[]>([[2], [2], [1], [1, 2]]),
    transactionalIds: pick([[], ['x'], ['x', 'y', 'z']]),
    transactionTimeoutMs: pick([1000, 5000, 30_000]),
    deliveryTimeoutMs: pick([0, 0, 1500, 5000]),
    mishapsIn: pick([0, 10, 30]),
    config: {
      'offsets.topic.num.partitions': '1',
      'offsets.topic.replication.factor': '3',
      'transaction.state.log.num.partitions': pick(['1', '2']),
      'transaction.state.log.replication.factor': '3',
      'transaction.state.log.min.isr': '2',
      'transaction.abort.timed.out.transaction.cleanup.interval.ms': pick(['200', '1000']),
      'min.insync.replicas': pick(['1', '2', '2']),
      // Nothing that is committed is ever lost, so nothing is ever to be forgiven.
      'log.flush.interval.messages': '1',
      'offsets.commit.timeout.ms': pick(['300', '5000']),
      'replica.lag.time.max.ms': pick(['300', '1000', '3000']),
      'broker.heartbeat.interval.ms': '400',
      'broker.session.timeout.ms': '1200',
      'leader.imbalance.check.interval.seconds': '1',
      'auto.leader.rebalance.enable': pick(['true', 'false']),
      'group.min.session.timeout.ms': '1000',
      'group.initial.rebalance.delay.ms': '0',
      'group.consumer.min.heartbeat.interval.ms': '100',
      'group.consumer.heartbeat.interval.ms': '500',
      'group.consumer.min.session.timeout.ms': '1000',
      'group.consumer.session.timeout.ms': '3000',
      'group.consumer.assignment.interval.ms': '0',
    },
    weights: drawFaults(
      random,
      { 'join-group': 4, produce: 20, transform: 40, consume: 3 },
      faults,
    ),
  };
}

const drawTopic = (
  random: Random,
  name: string,
  brokers: number,
  partitions: number,
): TopicPlan => ({
  name,
  assignments: Array.from({ length: partitions }, () => {
    const first = random.below(brokers);
    return [0, 1, 2].map((place) => 1 + ((first + place) % brokers));
  }),
  configs: {},
});
