import { brokerSettings } from '../config/broker-settings.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type {
  DeleteTopicsRequest,
  DeleteTopicsResponse,
} from '../protocol/messages/delete-topics.ts';
import { ZERO_UUID } from '../protocol/types.ts';
import { type CallError, callError, noError } from './call-error.ts';
import type { CallContext, CallHandler } from './controller-call.ts';
import type { MetadataRecord } from './metadata-records.ts';
import { withDeadline } from './with-deadline.ts';

type Result = DeleteTopicsResponse['responses'][number];

interface Wanted {
  readonly name: string | null;
  readonly topicId: string;
}

/** By name up to version 5, by name or id from 6 on (KIP-516); gone from the metadata at once. */
const deleteAll: CallHandler<'deleteTopics'> = (context, request) => {
  const byTopic = new Map<string, Resolved>();
  for (const [index, topic] of wantedBy(request).entries()) {
    const resolved = resolve(context, topic);
    const key = keyOf(resolved, index);
    const same = byTopic.get(key);
    byTopic.set(key, same === undefined ? resolved : twice(same, resolved));
  }
  const records: MetadataRecord[] = [];
  const responses: Result[] = [];
  for (const { error, name, topicId } of byTopic.values()) {
    responses.push({ name, topicId, ...error });
    if (error.errorCode === ErrorCode.NONE) records.push({ type: 'remove-topic', topicId });
  }
  return { records, response: { throttleTimeMs: 0, responses } };
};

const wantedBy = (request: DeleteTopicsRequest): Wanted[] => [
  ...request.topicNames.map((name) => ({ name, topicId: ZERO_UUID })),
  ...request.topics.map(({ name, topicId }) => ({ name, topicId })),
];

function refuseAll(request: DeleteTopicsRequest, error: CallError): DeleteTopicsResponse {
  const responses = wantedBy(request).map((wanted) => ({ ...wanted, ...error }));
  return { throttleTimeMs: 0, responses };
}

export const deleteTopics = withDeadline<'deleteTopics'>(deleteAll, refuseAll);

interface Resolved extends Wanted {
  readonly error: CallError;
  readonly by: 'name' | 'id' | 'neither';
}

/** What names the same topic is answered once; what names none, each time. */
const keyOf = ({ by, name, topicId }: Resolved, index: number): string => {
  if (by === 'neither') return `#${index}`;
  return topicId === ZERO_UUID ? `name ${name}` : `id ${topicId}`;
};

function twice(first: Resolved, second: Resolved): Resolved {
  const { by, topicId } = first;
  const fail = (message: string, wanted: Wanted): Resolved => ({
    ...wanted,
    by,
    error: callError(ErrorCode.INVALID_REQUEST, message),
  });
  if (by !== second.by) {
    return fail('The provided topic name maps to an ID that was already supplied.', first);
  }
  return by === 'name'
    ? fail('Duplicate topic name.', { name: first.name, topicId: ZERO_UUID })
    : fail('Duplicate topic id.', { name: null, topicId });
}

function resolve({ metadata, configuration }: CallContext, wanted: Wanted): Resolved {
  const { name, topicId } = wanted;
  const hasId = topicId !== ZERO_UUID;
  const by = hasId === (name !== null) ? 'neither' : hasId ? 'id' : 'name';
  const fail = (errorCode: ErrorCode, message: string | null): Resolved => ({
    ...wanted,
    by,
    error: callError(errorCode, message),
  });
  if (!brokerSettings(configuration).deleteTopicEnable) {
    return fail(ErrorCode.TOPIC_DELETION_DISABLED, 'Topic deletion is disabled.');
  }
  if (by === 'neither') {
    const message = hasId
      ? 'You may not specify both topic name and topic id.'
      : 'Neither topic name nor id were specified.';
    return fail(ErrorCode.INVALID_REQUEST, message);
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
  return { name: topic.name, topicId: topic.topicId, by, error: noError };
}
