import { coordinatorError } from '../../coordinator/coordinator-error.ts';
import type { CoordinatorShard } from '../../coordinator/coordinator-shard.ts';
import type { CommittedOffset } from '../../coordinator/group-offsets.ts';
import type { Extent } from '../../coordinator/timeline-map.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type {
  OffsetFetchRequest,
  OffsetFetchResponse,
} from '../../protocol/messages/offset-fetch.ts';
import { ZERO_UUID } from '../../protocol/types.ts';
import type { Broker } from '../broker.ts';
import type { Handler } from '../request-context.ts';

type Asked = OffsetFetchRequest['groups'][number];
type Answer = OffsetFetchResponse['groups'][number];
type Topic = Answer['topics'][number];
type Partition = Topic['partitions'][number];

/** From version 10 on topics go by their ids (KIP-848). */
const byIdSince = 10;

/** From version 8 on of many groups at once (KIP-709). */
export const offsetFetch: Handler<'OffsetFetch'> = (broker, request, { apiVersion }, reply) => {
  const answers: Answer[] = [];
  if (apiVersion < 8) {
    fetchGroup(broker, aloneIn(request), request.requireStable, apiVersion, (answer) =>
      reply(alone(answer, apiVersion)),
    );
    return;
  }
  const groups = onceEach(request.groups);
  const done = () => reply({ throttleTimeMs: 0, topics: [], errorCode: 0, groups: answers });
  if (groups.length === 0) done();
  let answered = 0;
  groups.forEach((asked, index) => {
    fetchGroup(broker, asked, request.requireStable, apiVersion, (answer) => {
      answers[index] = answer;
      answered++;
      if (answered === groups.length) done();
    });
  });
};

/** All offsets of a group may be many, and are told once, however often a request asks for them. */
function onceEach(groups: readonly Asked[]): readonly Asked[] {
  const whole = new Set<string>();
  return groups.filter(({ groupId, topics }) => {
    if (topics !== null) return true;
    const isFirst = !whole.has(groupId);
    whole.add(groupId);
    return isFirst;
  });
}

const aloneIn = ({ groupId, topics }: OffsetFetchRequest): Asked => ({
  groupId,
  memberId: null,
  memberEpoch: -1,
  topics: topics?.map((topic) => ({ ...topic, topicId: ZERO_UUID })) ?? null,
});

/** Before version 2 only partitions can say that something is wrong. */
function alone({ topics, errorCode }: Answer, apiVersion: number): OffsetFetchResponse {
  const own = (partition: Partition) =>
    apiVersion < 2 && errorCode !== ErrorCode.NONE ? { ...partition, errorCode } : partition;
  return {
    throttleTimeMs: 0,
    topics: topics.map(({ name, partitions }) => ({ name, partitions: partitions.map(own) })),
    errorCode,
    groups: [],
  };
}

function fetchGroup(
  broker: Broker,
  asked: Asked,
  requireStable: boolean,
  apiVersion: number,
  answer: (answer: Answer) => void,
): void {
  const { groupId } = asked;
  const fail = (errorCode: ErrorCode) => answer(failed(asked, errorCode, apiVersion));
  const shard = broker.groups.shardOf(groupId);
  if (typeof shard === 'number') {
    fail(shard);
    return;
  }
  const extent = requireStable ? 'newest' : 'committed';
  const { memberId, memberEpoch } = asked;
  const invalid = shard.offsets.validateFetch(groupId, memberId, memberEpoch, extent);
  if (invalid !== ErrorCode.NONE) {
    fail(invalid);
    return;
  }
  const topics = topicsOf(broker, shard, asked, apiVersion, extent);
  if (!requireStable) {
    answer({ groupId, topics, errorCode: ErrorCode.NONE });
    return;
  }
  // Not what was committed last, but what will be when all that is under way is (KIP-447). It is
  // read before that is waited for: a transaction that ends meanwhile is pending no more, but what
  // it committed is not there yet.
  const shown = withoutPending(shard, broker, groupId, topics);
  shard.write([], (errorCode) => {
    if (errorCode === ErrorCode.NONE) answer({ groupId, topics: shown, errorCode });
    else fail(coordinatorError(errorCode));
  });
}

/** What a transaction may change any moment is not told (KIP-447). */
const withoutPending = (
  shard: CoordinatorShard,
  { metadata }: Broker,
  groupId: string,
  topics: readonly Topic[],
): Topic[] =>
  topics.map((topic) => {
    const name = metadata.topicsById.get(topic.topicId)?.name ?? topic.name;
    const partitions = topic.partitions.map((partition) => {
      const { partitionIndex } = partition;
      if (!shard.offsets.isPending(groupId, name, partitionIndex)) return partition;
      const errorCode = ErrorCode.UNSTABLE_OFFSET_COMMIT;
      return { ...partitionOf(partitionIndex, undefined), errorCode };
    });
    return { ...topic, partitions };
  });

/** An error of the group has no partitions beside it, but where it must hide in them. */
function failed({ groupId, topics }: Asked, errorCode: ErrorCode, apiVersion: number): Answer {
  const named = apiVersion < 2 ? (topics ?? []) : [];
  return {
    groupId,
    topics: named.map(({ name, topicId, partitionIndexes }) => ({
      name,
      topicId,
      partitions: partitionIndexes.map((index) => partitionOf(index, undefined)),
    })),
    errorCode,
  };
}

function topicsOf(
  { metadata }: Broker,
  shard: CoordinatorShard,
  { groupId, topics }: Asked,
  apiVersion: number,
  extent: Extent,
): Topic[] {
  const { offsets } = shard;
  if (topics === null) return allTopics(offsets.fetchAll(groupId, extent), metadata, apiVersion);
  return topics.map((asked) => {
    const byId = apiVersion >= byIdSince;
    const name = byId ? metadata.topicsById.get(asked.topicId)?.name : asked.name;
    const errorCode = name === undefined ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.NONE;
    const partitions = asked.partitionIndexes.map((index) => {
      const known = name === undefined ? undefined : offsets.fetch(groupId, name, index, extent);
      // It was committed for a topic of the same name that is no more.
      const isOld =
        byId && known !== undefined && ![ZERO_UUID, asked.topicId].includes(known.topicId);
      return { ...partitionOf(index, isOld ? undefined : known), errorCode };
    });
    return { name: asked.name, topicId: asked.topicId, partitions };
  });
}

function allTopics(
  offsets: readonly CommittedOffset[],
  { topicsByName }: Broker['metadata'],
  apiVersion: number,
): Topic[] {
  const topics = new Map<string, { name: string; topicId: string; partitions: Partition[] }>();
  for (const committed of offsets) {
    const { topic: name, partition } = committed;
    const topicId = topicsByName.get(name)?.topicId ?? ZERO_UUID;
    if (apiVersion >= byIdSince && topicId === ZERO_UUID) continue;
    const topic = topics.get(name) ?? { name, topicId, partitions: [] };
    topics.set(name, topic);
    topic.partitions.push(partitionOf(partition, committed));
  }
  return [...topics.values()];
}

const partitionOf = (
  partitionIndex: number,
  committed: CommittedOffset | undefined,
): Partition => ({
  partitionIndex,
  committedOffset: committed?.offset ?? -1,
  committedLeaderEpoch: committed?.leaderEpoch ?? -1,
  metadata: committed?.metadata ?? '',
  errorCode: ErrorCode.NONE,
});
