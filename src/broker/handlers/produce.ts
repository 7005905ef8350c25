import type { TopicImage } from '../../controller/cluster-metadata.ts';
import type { AppendResult } from '../../log/partition-log.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type { ProduceRequest, ProduceResponse } from '../../protocol/messages/produce.ts';
import { checkProduced } from '../../protocol/records/produced.ts';
import {
  baseSequenceOf,
  headerSizeBytes,
  isTransactional,
  producerEpochOf,
  producerIdOf,
} from '../../protocol/records/record-batch.ts';
import { awaitReplication, type PendingWrite } from '../../replication/delayed-produce.ts';
import type { Broker } from '../broker.ts';
import { isInternalTopic } from '../internal-topics.ts';
import { LeaderHints } from '../leader-hints.ts';
import type { Handler, HandlerOutcome, RequestContext } from '../request-context.ts';
import {
  nameOf,
  refusalOf,
  type TransactionalBatch,
  type VerifiedBatches,
  verifyBatches,
} from '../verify-batches.ts';

type TopicData = ProduceRequest['topicData'][number];
type PartitionData = TopicData['partitionData'][number];
type PartitionResponse = ProduceResponse['responses'][number]['partitionResponses'][number];
type MutableResponse = { -readonly [K in keyof PartitionResponse]: PartitionResponse[K] };

/**
 * Versions: 7 zstd (KIP-110), 8 record errors (KIP-467), 10 leader hints (KIP-951), 13 topic ids
 * (KIP-516).
 */
export const produce: Handler<'Produce'> = (broker, request, context, reply) => {
  const run = new ProduceRun(broker, request, context);
  run.start(() => answer(broker, run, request, reply));
};

function answer(
  broker: Broker,
  run: ProduceRun,
  request: ProduceRequest,
  reply: (outcome: HandlerOutcome<'Produce'>) => void,
): void {
  if (request.acks === 0) {
    // The client hears nothing of an error but this.
    reply(run.hasErrors ? 'close' : 'no-reply');
  } else if (request.acks === 1 || run.pending.length === 0) {
    reply(run.response());
  } else {
    awaitReplication(broker.replicas.purgatory, run.pending, request.timeoutMs, (errorCodes) => {
      reply(run.response(errorCodes));
    });
  }
}

interface WantedTopic {
  readonly topic: TopicData;
  readonly partitions: Map<number, PartitionData>;
}

interface TopicAnswer {
  readonly topic: TopicData;
  readonly image: TopicImage | undefined;
  readonly partitions: readonly MutableResponse[];
}

/** One Produce request on its way through its partitions. */
class ProduceRun {
  /** The batches that are appended here, whose replication acks=all waits for. */
  readonly pending: PendingWrite[] = [];
  hasErrors = false;
  readonly #broker: Broker;
  readonly #request: ProduceRequest;
  readonly #context: RequestContext;
  /** Version 13 names topics by their ids (KIP-516). */
  readonly #byId: boolean;
  readonly #pendingAnswers: MutableResponse[] = [];
  readonly #answers: TopicAnswer[] = [];
  #verified: VerifiedBatches = new Map();
  /** The request as a whole. */
  #refused: ErrorCode = ErrorCode.NONE;

  constructor(broker: Broker, request: ProduceRequest, context: RequestContext) {
    this.#broker = broker;
    this.#request = request;
    this.#context = context;
    this.#byId = context.apiVersion >= 13;
  }

  /** Transactional batches wait for their coordinator, and the others of the request with them. */
  start(appended: () => void): void {
    const { transactionalId, topicData } = this.#request;
    const wanted = [...this.#wanted().values()];
    const batches = topicData.some(isOfTransaction) ? this.#transactionalBatches(wanted) : [];
    if (batches.length === 0) {
      this.#appendAll(wanted);
      appended();
      return;
    }
    const producers = new Set(batches.map(({ producerId }) => producerId));
    if (transactionalId === null || producers.size > 1) {
      this.#refused =
        transactionalId === null
          ? ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
          : ErrorCode.INVALID_PRODUCER_ID_MAPPING;
      this.#appendAll(wanted);
      appended();
      return;
    }
    let isOver = false;
    verifyBatches(this.#broker, transactionalId, batches, this.#context.apiVersion, (verified) => {
      this.#verified = verified;
      this.#appendAll(wanted);
      isOver = true;
      appended();
    });
    if (!isOver) keepRecords(wanted);
  }

  #transactionalBatches(wanted: readonly WantedTopic[]): TransactionalBatch[] {
    return wanted.flatMap(({ topic, partitions }) => {
      const image = this.#findTopic(topic);
      return [...partitions.values()].flatMap(({ index: partition, records }) => {
        const bytes = records?.[0] ?? noBytes;
        if (!isTransactionalBatch(bytes)) return [];
        if (checkProduced(bytes, this.#context.apiVersion) !== undefined) return [];
        const { name = topic.name, topicId = topic.topicId } = image ?? {};
        const producerId = producerIdOf(bytes, 0);
        const producerEpoch = producerEpochOf(bytes, 0);
        const baseSequence = baseSequenceOf(bytes, 0);
        return [{ topic: name, topicId, partition, producerId, producerEpoch, baseSequence }];
      });
    });
  }

  #appendAll(wanted: readonly WantedTopic[]): void {
    for (const { topic, partitions } of wanted) {
      const image = this.#findTopic(topic);
      const answers: MutableResponse[] = [];
      for (const data of partitions.values()) answers.push(this.#append(image, data));
      this.#answers.push({ topic, image, partitions: answers });
    }
  }

  /**
   * A topic that is listed twice is one; of a partition that is, the last entry counts. A topic
   * without partitions is not answered.
   */
  #wanted(): Map<string, WantedTopic> {
    const wanted = new Map<string, WantedTopic>();
    for (const topic of this.#request.topicData) {
      if (topic.partitionData.length === 0) continue;
      const key = this.#byId ? topic.topicId : topic.name;
      let entry = wanted.get(key);
      if (entry === undefined) {
        entry = { topic, partitions: new Map() };
        wanted.set(key, entry);
      }
      for (const data of topic.partitionData) entry.partitions.set(data.index, data);
    }
    return wanted;
  }

  /** `errorCodes`: how each of the pending writes ended. */
  response(errorCodes: readonly ErrorCode[] = []): ProduceResponse {
    errorCodes.forEach((errorCode, index) => {
      const answer = this.#pendingAnswers[index]!;
      if (errorCode === ErrorCode.NONE) return;
      answer.errorCode = errorCode;
    });
    const hints = this.#context.apiVersion >= 10 ? new LeaderHints(this.#broker) : undefined;
    const responses = this.#answers.map(({ topic, image, partitions }) => {
      for (const answer of partitions) {
        if (answer.errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER) {
          answer.currentLeader =
            hints?.for(image?.partitions[answer.index], answer.errorCode) ?? null;
        }
      }
      return { name: topic.name, topicId: topic.topicId, partitionResponses: partitions };
    });
    return { responses, throttleTimeMs: 0, nodeEndpoints: hints?.endpoints() ?? [] };
  }

  #findTopic({ name, topicId }: TopicData): TopicImage | undefined {
    const { topicsById, topicsByName } = this.#broker.metadata;
    return this.#byId ? topicsById.get(topicId) : topicsByName.get(name);
  }

  #append(image: TopicImage | undefined, { index, records }: PartitionData): MutableResponse {
    const waiting = this.pending.length;
    const result = this.#tryAppend(image, index, records);
    const { errorCode } = result;
    if (errorCode !== ErrorCode.NONE) this.hasErrors = true;
    const answer: MutableResponse = {
      index,
      errorCode,
      baseOffset: result.baseOffset,
      logAppendTimeMs: result.logAppendTimeMs,
      logStartOffset: result.logStartOffset,
      recordErrors: result.recordErrors,
      errorMessage: result.errorMessage,
      currentLeader: null,
    };
    if (this.pending.length > waiting) this.#pendingAnswers.push(answer);
    return answer;
  }

  /** The checks in Kafka's order: form of the records, topic, acks, and only then who leads. */
  #tryAppend(
    image: TopicImage | undefined,
    index: number,
    records: PartitionData['records'],
  ): Outcome {
    const broker = this.#broker;
    const { acks } = this.#request;
    const batch = records?.[0] ?? noBytes;
    if (this.#refused !== ErrorCode.NONE) return refuse(this.#refused);
    const problem = checkProduced(batch, this.#context.apiVersion);
    if (problem !== undefined) return refuse(problem.errorCode, problem.errorMessage);
    if (image === undefined && this.#byId) return refuse(ErrorCode.UNKNOWN_TOPIC_ID);
    if (image?.partitions[index] === undefined) return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    if (acks < -1 || acks > 1) return refuse(ErrorCode.INVALID_REQUIRED_ACKS);
    if (isInternalTopic(image.name) && this.#context.clientId !== '__admin_client') {
      return refuse(
        ErrorCode.INVALID_TOPIC_EXCEPTION,
        `Cannot append to internal topic ${image.name}`,
      );
    }
    const verified = this.#verified.get(nameOf({ topic: image.name, partition: index }));
    if (verified !== undefined && verified.errorCode !== ErrorCode.NONE) {
      const { errorCode, errorMessage } = refusalOf(verified.errorCode, this.#context.apiVersion);
      return refuse(errorCode, errorMessage);
    }
    const partition = broker.replicas.partition(image.topicId, index);
    if (partition === undefined) return refuse(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    const result = partition.append(batch, acks, 'client', { guard: verified?.guard });
    if (result.errorCode === ErrorCode.NONE && acks === -1) {
      const { leaderEpoch } = partition;
      this.pending.push({ partition, requiredOffset: result.lastOffset + 1, leaderEpoch });
    }
    return result;
  }
}

const isTransactionalBatch = (bytes: Uint8Array): boolean =>
  bytes.length >= headerSizeBytes && isTransactional(bytes, 0);

const isOfTransaction = ({ partitionData }: TopicData): boolean =>
  partitionData.some(({ records }) => isTransactionalBatch(records?.[0] ?? noBytes));

/** The frame that they are in is another's once the handler has returned. */
function keepRecords(wanted: readonly WantedTopic[]): void {
  for (const { partitions } of wanted) {
    for (const [index, data] of partitions) {
      const records = data.records?.map((bytes) => new Uint8Array(bytes)) ?? null;
      partitions.set(index, { ...data, records });
    }
  }
}

const noBytes = new Uint8Array();

type Outcome = Pick<
  AppendResult,
  | 'errorCode'
  | 'errorMessage'
  | 'recordErrors'
  | 'baseOffset'
  | 'logAppendTimeMs'
  | 'logStartOffset'
>;

const refuse = (errorCode: ErrorCode, errorMessage: string | null = null): Outcome => ({
  errorCode,
  errorMessage,
  recordErrors: [],
  baseOffset: -1,
  logAppendTimeMs: -1,
  logStartOffset: -1,
});
