import {
  type AlterContext,
  type AlterOutcome,
  alterConfigs as alterResource,
  incrementalAlterConfigs as alterResourceIncrementally,
} from '../config/alter-configs.ts';
import { type ConfigResource, ConfigResourceType } from '../config/config-resource.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import { type CallError, callError, noError } from './call-error.ts';
import { type ClusterMetadata, isElrEnabled } from './cluster-metadata.ts';
import type { CallContext, CallHandler } from './controller-call.ts';
import type { MetadataRecord } from './metadata-records.ts';

interface WantedResource {
  readonly resourceType: number;
  readonly resourceName: string;
}

/** Replaces all configs of each resource by those given (KIP-133; deprecated, still served). */
export const alterConfigs: CallHandler<'alterConfigs'> = (context, request) =>
  changeEach(context, request, (alter, resource, { configs }) =>
    alterResource(alter, resource, configs),
  );

/** Changes single configs of each resource (KIP-339). */
export const incrementalAlterConfigs: CallHandler<'incrementalAlterConfigs'> = (context, request) =>
  changeEach(context, request, (alter, resource, { configs }) =>
    alterResourceIncrementally(alter, resource, configs),
  );

interface ChangeRequest<Wanted> {
  readonly resources: readonly Wanted[];
  readonly validateOnly: boolean;
}

function changeEach<Wanted extends WantedResource>(
  context: CallContext,
  request: ChangeRequest<Wanted>,
  alter: (context: AlterContext, resource: ConfigResource, wanted: Wanted) => AlterOutcome,
) {
  const { metadata, configuration } = context;
  const alterContext: AlterContext = {
    broker: configuration,
    dynamic: metadata.configs,
    eligibleLeaderReplicas: isElrEnabled(metadata),
  };
  const records: MetadataRecord[] = [];
  const responses = request.resources.map((wanted) => {
    const { resourceType, resourceName } = wanted;
    const same = request.resources.filter(
      (other) => other.resourceType === resourceType && other.resourceName === resourceName,
    );
    let error = same.length > 1 ? duplicate : resourceProblem(context, wanted);
    if (error === noError) {
      const resource = { type: resourceType as ConfigResourceType, name: resourceName };
      const outcome = alter(alterContext, resource, wanted);
      if ('changes' in outcome) {
        for (const change of outcome.changes) records.push({ type: 'config', ...change });
      } else {
        error = callError(outcome.errorCode as ErrorCode, outcome.errorMessage);
      }
    }
    return { ...error, resourceType, resourceName };
  });
  records.push(...clearElr(metadata, records));
  return {
    records: request.validateOnly ? [] : records,
    response: { throttleTimeMs: 0, responses },
  };
}

/** With another minimum of in-sync replicas, who was eligible under the old may not be. */
function clearElr(metadata: ClusterMetadata, changes: readonly MetadataRecord[]): MetadataRecord[] {
  if (!isElrEnabled(metadata)) return [];
  return changes.flatMap((change): MetadataRecord[] => {
    if (change.type !== 'config' || change.name !== 'min.insync.replicas') return [];
    const isTopic = change.resourceType === ConfigResourceType.TOPIC;
    const topic = isTopic ? metadata.topicsByName.get(change.resourceName) : undefined;
    return [{ type: 'clear-elr', topicId: topic?.topicId ?? null }];
  });
}

const duplicate = callError(ErrorCode.INVALID_REQUEST, 'Each resource must appear at most once.');

function resourceProblem({ metadata }: CallContext, wanted: WantedResource): CallError {
  const { resourceType, resourceName } = wanted;
  if (resourceType === ConfigResourceType.TOPIC && !metadata.topicsByName.has(resourceName)) {
    return callError(
      ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      `The topic '${resourceName}' does not exist.`,
    );
  }
  return noError;
}
