import { Random } from '../../simulation/random.ts';
import type { TopicPlan } from '../laboratory.ts';
import { type ActionName, drawFaults, type Profile } from '../profile.ts';
import type { MemberKind } from './group-client.ts';

export interface GroupPlan {
  readonly groupId: string;
  /** What its members speak; a group may be on its way from one protocol to the other. */
  readonly kinds: readonly MemberKind[];
  readonly topics: readonly string[];
}

/** What a run of groups is made of. */
export interface GroupProfile extends Profile {
  readonly clients: 'groups';
  readonly groups: readonly GroupPlan[];
  /** One request in so many is lost, or its response is, or it comes twice; 0: none. */
  readonly mishapsIn: number;
}

const faults: readonly Partial<Record<ActionName, number>>[] = [
  { 'leave-group': 5 },
  { 'crash-member': 5 },
  { 'stall-member': 4, 'wake-member': 6 },
  { 'grow-topic': 1 },
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

const topicNames = ['t0', 't1'];

export function drawGroupProfile(seed: number): GroupProfile {
  const random = new Random(seed).fork('group profile');
  const pick = <Item>(items: readonly Item[]): Item => items[random.below(items.length)]!;
  const brokers = 3 + random.below(2);
  const minInSyncReplicas = pick([1, 2, 2]);
  return {
    clients: 'groups',
    // Until a member is in, dozens of messages have gone back and forth.
    stepsPerEvent: 5,
    brokers,
    controllers: pick([1, 1, 3]),
    topics: topicNames.map((name) => drawTopic(random, name, brokers)),
    groups: ['g', 'h'].slice(0, 1 + random.below(2)).map((groupId) => ({
      groupId,
      kinds: pick<readonly MemberKind[]>([['eager'], ['cooperative'], ['consumer'], ['consumer']]),
      topics: pick([topicNames, topicNames.slice(0, 1)]),
    })),
    mishapsIn: pick([0, 10, 30]),
    config: {
      'offsets.topic.num.partitions': '1',
      'offsets.topic.replication.factor': '3',
      'min.insync.replicas': String(minInSyncReplicas),
      'log.flush.interval.messages': pick(['1', '1', '5']),
      'offsets.commit.timeout.ms': pick(['300', '5000']),
      'replica.lag.time.max.ms': pick(['300', '1000', '3000']),
      'broker.heartbeat.interval.ms': '400',
      'broker.session.timeout.ms': '1200',
      'leader.imbalance.check.interval.seconds': '1',
      'auto.leader.rebalance.enable': pick(['true', 'false']),
      'group.min.session.timeout.ms': '1000',
      'group.initial.rebalance.delay.ms': pick(['0', '300']),
      'group.consumer.min.heartbeat.interval.ms': '100',
      'group.consumer.heartbeat.interval.ms': '500',
      'group.consumer.min.session.timeout.ms': '1000',
      'group.consumer.session.timeout.ms': '3000',
      'group.consumer.assignment.interval.ms': pick(['0', '1000']),
    },
    weights: drawFaults(random, { 'join-group': 12, 'commit-offsets': 24 }, faults),
  };
}

const drawTopic = (random: Random, name: string, brokers: number): TopicPlan => ({
  name,
  assignments: Array.from({ length: 1 + random.below(4) }, (_, partition) => [
    1 + (partition % brokers),
  ]),
  configs: {},
});
