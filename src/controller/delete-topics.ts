import { brokerSettings } from '../config/broker-settings.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { DeleteTopicsResponse } from '../protocol/messages/delete-topics.ts';
import { ZERO_UUID } from '../protocol/types.ts';
import { type CallError, callError, noError } from './call-error.ts';
import type { CallContext, CallHandler } from './controller-call.ts';
import type { MetadataRecord } from './metadata-records.ts';

type Result = DeleteTopicsResponse['responses'][number];

interface Wanted {
  readonly name: string | null;
  readonly topicId: string;
}

/** By name up to version 5, by name or id from 6 on (KIP-516); gone from the metadata at once. */
export const deleteTopics: CallHandler<'deleteTopics'> = (context, request) => {
  const wanted: Wanted[] = [
    ...request.topicNames.map((name) => ({ name, topicId: ZERO_UUID })),
    ...request.topics.map(({ name, topicId }) => ({ name, topicId })),
  ];
  const records: MetadataRecord[] = [];
  const responses: Result[] = [];
  const removed = new Set<string>();
  for (const topic of wanted) {
    const { error, name, topicId } = resolve(context, topic, wanted);
    responses.push({ name, topicId, ...error });
    if (error.errorCode !== ErrorCode.NONE || removed.has(topicId)) continue;
    removed.add(topicId);
    records.push({ type: 'remove-topic', topicId });
  }
  return { records, response: { throttleTimeMs: 0, responses } };
};

interface Resolved extends Wanted {
  readonly error: CallError;
}

function resolve(
  { metadata, configuration }: CallContext,
  wanted: Wanted,
  all: readonly Wanted[],
): Resolved {
  const fail = (errorCode: ErrorCode, message: string | null): Resolved => ({
    ...wanted,
    error: callError(errorCode, message),
  });
  if (!brokerSettings(configuration).deleteTopicEnable) {
    return fail(ErrorCode.TOPIC_DELETION_DISABLED, 'Topic deletion is disabled.');
  }
  const { name, topicId } = wanted;
  const hasId = topicId !== ZERO_UUID;
  if (name !== null && hasId) {
    return fail(ErrorCode.INVALID_REQUEST, 'You may not specify both topic name and topic id.');
  }
  if (name === null && !hasId) {
    return fail(ErrorCode.INVALID_REQUEST, 'Neither topic name nor id were specified.');
  }
  const same = all.filter((other) => (hasId ? other.topicId === topicId : other.name === name));
  if (same.length > 1) {
    const what = hasId ? 'id' : 'name';
    return fail(ErrorCode.INVALID_REQUEST, `Duplicate topic ${what}.`);
  }
  const topic = hasId ? metadata.topicsById.get(topicId) : metadata.topicsByName.get(name ?? '');
  if (topic === undefined) {
    return hasId
      ? fail(ErrorCode.UNKNOWN_TOPIC_ID, 'This server does not host this topic ID.')
      : fail(
          ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
          'This server does not host this topic-partition.',
        );
  }
  return { name: topic.name, topicId: topic.topicId, error: noError };
}
