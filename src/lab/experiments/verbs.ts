import type { Loss } from '../../broker/broker-event.ts';
import type { NodeId, Plane } from '../../simulation/network.ts';
import { valuesOf } from '../batches.ts';
import { adminVerbs } from './admin-verbs.ts';
import type { Role } from './cast.ts';
import type { Produced, Read } from './clients.ts';
import type { WayName } from './experiment.ts';
import { type ExpectedFacts, type Facts, fits } from './facts.ts';
import { memberVerbs } from './member-verbs.ts';
import { producerVerbs } from './producer-verbs.ts';
import { errorName, type Stage, topic } from './stage.ts';

interface Sent {
  readonly value: string;
  readonly partition?: number;
}

interface OfPartition {
  readonly partition?: number;
}

interface Place extends OfPartition {
  readonly broker: Role;
}

/** One node or several, brokers by role. */
interface Nodes {
  readonly broker: Role | readonly Role[];
}

interface Directions {
  readonly from: NodeId;
  readonly to: NodeId | readonly NodeId[];
  /** All of them by default. */
  readonly plane?: Plane;
  /** By default both ways. */
  readonly oneWay?: boolean;
}

const readPatienceMs = 180_000;
const readPauseMs = 500;

/** What is done by a step, and what is seen by it; the rest of a step is its arguments. */
const verbs = {
  ...adminVerbs,
  ...memberVerbs,
  ...producerVerbs,

  /** Sends a record and does not wait for the answer. */
  send: (stage: Stage, record: Produced) => {
    stage.clients.produce(record);
  },
  /** What was said to the last attempt to write a value; waits for it. */
  answer: (stage: Stage, { value, partition }: Sent) => stage.clients.answer(value, partition),
  /** Sends a record and waits for the answer. */
  produce: (stage: Stage, record: Produced) => {
    const partition = stage.clients.produce(record);
    const answer = stage.clients.answer(record.value, partition);
    return record.key === undefined ? answer : { ...answer, partition };
  },
  /** Sends the very same batch again, and waits for the answer. */
  retry: (stage: Stage, { value, partition, to }: Sent & { readonly to?: Role }) => {
    stage.clients.retry(value, partition, to);
    return stage.clients.answer(value, partition);
  },
  /** Where the log ends, as a consumer asks for it. */
  listOffsets: (stage: Stage, asked: { readonly at?: Role; readonly apiVersion?: number }) =>
    listOffsets(stage, asked),
  /** One Fetch of a consumer. */
  read: (stage: Stage, read: Read) => stage.clients.read(read),
  /** Reads again and again until it is as expected. */
  untilRead: (stage: Stage, read: Read, { values = [] }: ExpectedFacts) => {
    const startMs = stage.laboratory.nowMs;
    let facts = stage.clients.read(read);
    while (!fits(facts.values, values) && stage.laboratory.nowMs < startMs + readPatienceMs) {
      stage.advance(readPauseMs);
      facts = stage.clients.read(read);
    }
    return { ...facts, tookMs: stage.laboratory.nowMs - startMs };
  },

  crash: (stage: Stage, { lose, ...nodes }: Nodes & { readonly lose?: Loss }) =>
    toEach(stage, nodes, (nodeId) => stage.cluster.crash(nodeId, lose)),
  restart: (stage: Stage, nodes: Nodes) =>
    toEach(stage, nodes, (nodeId) => stage.cluster.restart(nodeId)),
  pause: (stage: Stage, nodes: Nodes) =>
    toEach(stage, nodes, (nodeId) => stage.cluster.pause(nodeId)),
  resume: (stage: Stage, nodes: Nodes) =>
    toEach(stage, nodes, (nodeId) => stage.cluster.resume(nodeId)),
  /** In good order, as SIGTERM does; waits until it has stopped. */
  shutdown: (stage: Stage, { broker }: { readonly broker: Role }) => {
    const brokerId = stage.cast.node(broker);
    stage.cluster.shutdown(brokerId);
    stage.until(() => stage.cluster.state(brokerId) === 'stopped');
  },

  cut: (stage: Stage, directions: Directions) =>
    overDirections(directions, (from, to, plane) => stage.setLink(from, to, plane, { cut: true })),
  /** Everything there takes so long. */
  slow: (stage: Stage, directions: Directions & { readonly latencyMs: number }) =>
    overDirections(directions, (from, to, plane) =>
      stage.setLink(from, to, plane, { latencyMs: directions.latencyMs }),
    ),
  mend: (stage: Stage, directions: Directions) =>
    overDirections(directions, (from, to, plane) => stage.mendLink(from, to, plane)),
  /** Puts a replica first in the list and lets the preferred one lead: nobody leaves the ISR. */
  moveLeader: (stage: Stage, { to }: { readonly to: Role }) => moveLeader(stage, to),

  /** Every link is mended. */
  heal: (stage: Stage) => stage.ground.heal(),

  wait: (stage: Stage, { ms }: { readonly ms: number }) => stage.advance(ms),
  /** Waits until the controller sees a partition as expected; says how it sees it. */
  until: (stage: Stage, { partition }: OfPartition, expected: ExpectedFacts) =>
    awaited(stage, expected, () => stateOf(stage, partition)),
  /** Waits until a replica is as expected; says how it is. */
  untilReplica: (stage: Stage, place: Place, expected: ExpectedFacts) =>
    awaited(stage, expected, () => replicaOf(stage, place)),
  /** A partition as the controller sees it. */
  look: (stage: Stage, { partition }: { readonly partition?: number }) => stateOf(stage, partition),
  /** A replica: its log, and what it takes itself for. */
  inspect: (stage: Stage, place: Place) => replicaOf(stage, place),
} satisfies Record<string, (stage: Stage, args: never, expected: ExpectedFacts) => unknown>;

type VerbName = keyof typeof verbs;
type Arguments<Name extends VerbName> =
  Parameters<(typeof verbs)[Name]> extends [Stage, infer Given, ...unknown[]] ? Given : unknown;

interface Telling {
  /** A sentence to be read aloud; `{1}` is who plays broker 1, `{n}` and `{E}` what they are. */
  readonly say: string;
  /** By default every way. */
  readonly only?: WayName | readonly WayName[];
  /** Nothing else happens before it; by default a moment of chance goes by. */
  readonly atOnce?: boolean;
  /** What must be seen, in every way, and in one of them. */
  readonly expect?: ExpectedFacts;
  readonly harm?: ExpectedFacts;
  readonly prevented?: ExpectedFacts;
  readonly also?: ExpectedFacts;
}

/** One verb with its arguments, and what must be seen then. */
export type Step = {
  [Name in VerbName]: Telling & { readonly do: Name } & Arguments<Name>;
}[VerbName];

/** Carries out a step; the facts that it observed, if it looks at something. */
export function carryOut(stage: Stage, step: Step, expected: ExpectedFacts): Facts | undefined {
  const act = verbs[step.do] as (
    stage: Stage,
    args: Step,
    expected: ExpectedFacts,
  ) => Facts | undefined;
  return act(stage, step, expected);
}

function listOffsets(
  stage: Stage,
  { at, apiVersion = 5 }: { readonly at?: Role; readonly apiVersion?: number },
): Facts {
  const latest = { partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -1 };
  const topics = [{ name: topic, partitions: [latest] }];
  const asked = { at: at ?? stage.cast.role(stage.image().leader), apiVersion };
  const request = { replicaId: -1, isolationLevel: 0, topics, timeoutMs: 0 };
  const answer = stage.ask('ListOffsets', request, asked)?.topics[0]?.partitions[0];
  if (answer === undefined) return { heard: 'nothing' };
  return { error: errorName(answer.errorCode), offset: answer.offset };
}

function moveLeader(stage: Stage, to: Role): Facts {
  const first = stage.cast.node(to);
  const others = stage.image().replicas.filter((brokerId) => brokerId !== first);
  const partitions = [{ partitionIndex: 0, replicas: [first, ...others] }];
  const topics = [{ name: topic, partitions }];
  const request = { timeoutMs: 1000, allowReplicationFactorChange: false, topics };
  stage.ask('AlterPartitionReassignments', request);
  const answer = adminVerbs.elect(stage, {});
  stage.until(() => stage.image().leader === first);
  return answer;
}

function toEach(stage: Stage, { broker }: Nodes, act: (nodeId: number) => void): void {
  for (const role of [broker].flat()) act(stage.cast.node(role));
}

function overDirections(
  { from, to, plane, oneWay = false }: Directions,
  change: (from: NodeId, to: NodeId, plane: Plane | undefined) => void,
): void {
  for (const node of [to].flat()) {
    change(from, node, plane);
    if (!oneWay) change(node, from, plane);
  }
}

/** How something is once it is as expected; or as it is at last if it never is. */
function awaited(stage: Stage, expected: ExpectedFacts, look: () => Facts): Facts {
  const { trace } = stage.cluster;
  let lookedAt = -1;
  stage.until(() => {
    if (trace.length === lookedAt) return false;
    lookedAt = trace.length;
    return fits(stage.cast.general(look()), expected);
  });
  return look();
}

function stateOf(stage: Stage, partition = 0): Facts {
  const { leader, leaderEpoch, isr, elr, leaderRecoveryState } = stage.image(partition);
  return {
    leader,
    leaderEpoch,
    isr,
    ...(elr.length > 0 ? { elr } : {}),
    ...(leaderRecoveryState === 'Recovered' ? {} : { leaderRecoveryState }),
  };
}

/** As far back as the story goes. */
function replicaOf(stage: Stage, { broker, partition = 0 }: Place): Facts {
  const brokerId = stage.cast.node(broker);
  const { topicId } = stage.cluster.metadata.topicsByName.get(topic)!;
  const replica = stage.cluster.replica(brokerId, topic, partition);
  const log = replica?.log ?? stage.cluster.log(brokerId, topicId, partition);
  if (log === undefined) return { role: 'none' };
  const { logEndOffset, highWatermark } = log;
  return {
    role: replica?.role.name ?? 'stopped',
    ...(replica === undefined ? {} : { leaderEpoch: replica.leaderEpoch }),
    ...(replica?.leadership === undefined ? {} : { isr: replica.leadership.isr }),
    logEndOffset,
    highWatermark,
    values: valuesOf(log).slice(stage.cast.n - log.logStartOffset),
  };
}
