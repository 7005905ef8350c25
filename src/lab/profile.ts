import { Random } from '../simulation/random.ts';
import type { TopicPlan } from './laboratory.ts';

/** What a run of the swarm is made of: drawn for each seed, so that no run does everything. */
export interface Profile {
  readonly brokers: number;
  readonly controllers: number;
  /** In an event in which time goes on, so much that is due happens, one after the other. */
  readonly stepsPerEvent: number;
  readonly topics: readonly TopicPlan[];
  readonly config: Readonly<Record<string, string>>;
  /** How often each thing is done, in proportion; what is not here is not done. */
  readonly weights: Readonly<Partial<Record<ActionName, number>>>;
}

/** What clients do; the rest is done to the cluster. */
const clientActions = [
  ...(['produce', 'consume', 'transform', 'join-group', 'leave-group', 'crash-member'] as const),
  ...(['stall-member', 'wake-member', 'commit-offsets'] as const),
  ...(['grow-topic', 'crash-coordinator', 'move-coordinator'] as const),
];
export type ClientAction = (typeof clientActions)[number];

export const isClientAction = (name: ActionName): name is ClientAction =>
  clientActions.some((one) => one === name);

export type ActionName =
  | ClientAction
  | 'crash'
  | 'power-cut'
  | 'lose-disk'
  | 'restart'
  | 'shutdown'
  | 'pause'
  | 'resume'
  | 'cut'
  | 'slow'
  | 'lossy'
  | 'mend'
  | 'heal'
  | 'create-topic'
  | 'delete-topic'
  | 'elect'
  | 'reassign'
  | 'crash-controller'
  | 'restart-controller';

interface ReplicationProfile extends Profile {
  readonly clients: 'replication';
}

/** Faults, each with what undoes it, and how often they are done when the swarm has drawn them. */
const faults: readonly Partial<Record<ActionName, number>>[] = [
  { crash: 2, restart: 3 },
  { 'power-cut': 2, restart: 3 },
  { 'lose-disk': 1, restart: 2 },
  { shutdown: 2, restart: 3 },
  { pause: 2, resume: 3 },
  { cut: 3, mend: 3, heal: 1 },
  { slow: 3, mend: 1 },
  { lossy: 2, mend: 1 },
  { 'create-topic': 1, 'delete-topic': 1 },
  { elect: 2 },
  { reassign: 1 },
  { 'crash-controller': 2, 'restart-controller': 3 },
];

export function drawProfile(seed: number): ReplicationProfile {
  const random = new Random(seed).fork('profile');
  const pick = <Item>(items: readonly Item[]): Item => items[random.below(items.length)]!;
  const brokers = 2 + random.below(4);
  const weights = drawFaults(random, { produce: 6, consume: 3 }, faults);
  return {
    clients: 'replication',
    stepsPerEvent: 1,
    brokers,
    controllers: pick([1, 1, 3]),
    topics: Array.from({ length: 1 + random.below(2) }, (_, index) =>
      drawTopic(random, `t${index}`, brokers),
    ),
    config: {
      'replica.lag.time.max.ms': pick(['300', '1000', '3000']),
      'replica.high.watermark.checkpoint.interval.ms': pick(['200', '5000']),
      'leader.imbalance.check.interval.seconds': '1',
      'auto.leader.rebalance.enable': pick(['true', 'false']),
    },
    weights,
  };
}

type Weights = Partial<Record<ActionName, number>>;

/** What is always done, and about half of the faults. */
export function drawFaults(random: Random, always: Weights, faults: readonly Weights[]): Weights {
  const weights = { ...always };
  for (const fault of faults) {
    if (random.below(2) === 0) continue;
    for (const [name, weight] of Object.entries(fault) as [ActionName, number][]) {
      weights[name] = (weights[name] ?? 0) + weight;
    }
  }
  return weights;
}

function drawTopic(random: Random, name: string, brokers: number): TopicPlan {
  const replicationFactor = 1 + random.below(Math.min(brokers, 3));
  const minimum = 1 + random.below(replicationFactor);
  return {
    name,
    assignments: Array.from({ length: 1 + random.below(2) }, (_, partition) =>
      Array.from({ length: replicationFactor }, (_, place) => 1 + ((partition + place) % brokers)),
    ),
    configs: {
      'min.insync.replicas': String(minimum),
      'flush.messages': random.below(2) === 0 ? '1' : '5',
      'unclean.leader.election.enable': random.below(8) === 0 ? 'true' : 'false',
    },
  };
}
