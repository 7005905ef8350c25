import type { Fate } from '../laboratory.ts';
import type { Offset } from './cast.ts';
import { type ExpectedFacts, type Facts, fits } from './facts.ts';
import type { ConsumerSettings } from './members/consumer-settings.ts';
import { groupId } from './members/story-consumer.ts';
import { errorName, type Stage, topic } from './stage.ts';

interface One {
  readonly member: string;
}

interface Several {
  readonly member: string | readonly string[];
}

interface Starting extends Several {
  /** Besides what the way says. */
  readonly settings?: Partial<ConsumerSettings>;
  /** One after the other, so long apart. */
  readonly everyMs?: number;
}

/** What members of the group do, and what is to be seen of them: verbs of `verbs.ts`. */
export const memberVerbs = {
  /** One consumer or several begin to join. */
  start: (stage: Stage, starting: Starting) => start(stage, starting),
  /** The same, and waits until everyone has its partitions. */
  join: (stage: Stage, starting: Starting) => {
    start(stage, starting);
    const names = [starting.member].flat();
    stage.until(() => stage.members.areSettled(names));
    if (names.length === 1) return stage.members.get(names[0]!).facts;
    return Object.fromEntries(names.map((name) => [name, stage.members.get(name).owned]));
  },
  /** One after the other is closed and started again; the next one when all is well again. */
  restartEach: (stage: Stage, rolling: { readonly members: readonly string[]; awayMs: number }) =>
    restartEach(stage, rolling.members, rolling.awayMs),
  /** In good order. */
  close: (stage: Stage, { member }: One) => stage.members.get(member).close(),
  crashMember: (stage: Stage, { member }: One) => stage.members.get(member).crash(),

  /** Fetches, and begins to process. */
  take: (stage: Stage, { member }: One) => stage.members.get(member).take(),
  /** Is done with what it has taken. */
  finish: (stage: Stage, { member }: One) => stage.members.get(member).finish(),
  /** Both. */
  poll: (stage: Stage, { member }: One) => {
    const consumer = stage.members.get(member);
    consumer.take();
    return consumer.finish();
  },

  /** A member as it sees itself. */
  member: (stage: Stage, { member }: One) => stage.members.get(member).facts,
  /** Waits until it sees itself as expected. */
  untilMember: (stage: Stage, { member }: One, expected: ExpectedFacts) => {
    const look = () => stage.members.get(member).facts;
    stage.until(() => fits(look(), expected));
    return look();
  },
  /** Waits until it has heard the error that is expected; says what it heard last. */
  hears: (stage: Stage, { member }: One, { error }: ExpectedFacts) => {
    const { heard } = stage.members.get(member);
    stage.until(() => heard.at(-1) === error);
    return { error: heard.at(-1) ?? 'none' };
  },
  /** The group as its coordinator has it. */
  group: (stage: Stage) => stage.members.group(),
  /** Waits until it is as expected. */
  untilGroup: (stage: Stage, _: unknown, expected: ExpectedFacts) => {
    stage.until(() => fits(stage.members.group(), expected));
    return stage.members.group();
  },
  committed: (stage: Stage, { partition = 0 }: { readonly partition?: number }) =>
    committed(stage, partition),
  /** How often all was assigned anew, and what stood still, since it was asked last. */
  pauses: (stage: Stage) => stage.members.pauses(),

  /** What becomes of what a member asks its coordinator, from now on. */
  cutMember: (stage: Stage, { member, fate }: One & { readonly fate: Fate }) => {
    stage.members.get(member).fate = fate;
  },

  growTopic: (stage: Stage, { to }: { readonly to: number }) => growTopic(stage, to),
  /** The log of partition 0 begins there from now on. */
  deleteRecords: (stage: Stage, { before }: { readonly before: Offset }) => {
    const partitions = [{ partitionIndex: 0, offset: stage.cast.offset(before) }];
    const request = { topics: [{ name: topic, partitions }], timeoutMs: 1000 };
    const answer = stage.ask('DeleteRecords', request)?.topics[0]?.partitions[0];
    return { error: errorName(answer?.errorCode ?? -1) };
  },
};

function start(stage: Stage, { member, settings, everyMs = 0 }: Starting): void {
  for (const name of [member].flat()) {
    stage.members.start(name, settings);
    stage.advance(everyMs);
  }
}

function restartEach(stage: Stage, names: readonly string[], awayMs: number): void {
  for (const name of names) {
    stage.members.get(name).close();
    stage.advance(awayMs);
    stage.members.start(name);
    stage.until(() => stage.members.areSettled(names));
  }
}

function committed(stage: Stage, partition: number): Facts {
  const topics = [{ name: topic, partitionIndexes: [partition] }];
  const { coordinator } = stage.members;
  if (coordinator === undefined) return { error: 'COORDINATOR_NOT_AVAILABLE' };
  const at = stage.cast.role(coordinator.brokerId);
  const request = { groupId, topics, groups: [], requireStable: false };
  const answer = stage.ask('OffsetFetch', request, { at, apiVersion: 7 });
  const found = answer?.topics[0]?.partitions[0];
  return { offset: found?.committedOffset ?? -1 };
}

function growTopic(stage: Stage, count: number): Facts {
  const request = {
    topics: [{ name: topic, count, assignments: null }],
    timeoutMs: 1000,
    validateOnly: false,
  };
  const answer = stage.ask('CreatePartitions', request)?.results[0];
  const leads = (partition: number) => {
    const { leader } = stage.image(partition);
    return stage.cluster.replica(leader, topic, partition)?.leadership !== undefined;
  };
  if (answer?.errorCode === 0) {
    stage.until(() => stage.partitionCount === count && leads(count - 1));
  }
  return { error: errorName(answer?.errorCode ?? -1) };
}
