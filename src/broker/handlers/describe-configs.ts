import { ConfigResourceType } from '../../config/config-resource.ts';
import {
  type DescribedConfig,
  describeBrokerConfigs,
  describeBrokerDefaultConfigs,
  describeClientMetricsConfigs,
  describeGroupConfigs,
  describeTopicConfigs,
} from '../../config/describe-configs.ts';
import { configsOf } from '../../config/dynamic-configs.ts';
import { topicNameProblem } from '../../controller/topic-name.ts';
import { ErrorCode } from '../../protocol/error-code.ts';
import type {
  DescribeConfigsRequest,
  DescribeConfigsResponse,
} from '../../protocol/messages/describe-configs.ts';
import type { Broker } from '../broker.ts';
import type { Handler } from '../request-context.ts';

type Wanted = DescribeConfigsRequest['resources'][number];
type Result = DescribeConfigsResponse['results'][number];
type Described = readonly DescribedConfig[] | { errorCode: ErrorCode; errorMessage: string };

export const describeConfigs: Handler<'DescribeConfigs'> = (broker, request, _context, reply) => {
  const isUnknown = request.resources.some((wanted) => !isKnownType(wanted.resourceType));
  const results = request.resources.map((wanted): Result => {
    const { resourceType, resourceName } = wanted;
    const described = isUnknown
      ? invalid('A resource of this request is of no known type.')
      : describe(broker, request, wanted);
    const isError = 'errorCode' in described;
    return {
      errorCode: isError ? described.errorCode : ErrorCode.NONE,
      errorMessage: isError ? described.errorMessage : '',
      resourceType,
      resourceName,
      configs: isError ? [] : described,
    };
  });
  reply({ throttleTimeMs: 0, results });
};

function describe(broker: Broker, request: DescribeConfigsRequest, wanted: Wanted): Described {
  const { resourceType, resourceName: name } = wanted;
  const { includeSynonyms, includeDocumentation } = request;
  const query = { keys: wanted.configurationKeys, includeSynonyms, includeDocumentation };
  const { configs, topicsByName } = broker.metadata;
  const { configuration } = broker;
  switch (resourceType) {
    case ConfigResourceType.TOPIC: {
      const problem = topicNameProblem(name);
      if (problem !== undefined) {
        const errorMessage = `Topic name is invalid: ${problem}`;
        return { errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION, errorMessage };
      }
      if (!topicsByName.has(name)) {
        return { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: '' };
      }
      const own = configsOf(configs, { type: resourceType, name });
      return describeTopicConfigs(configuration, own, query);
    }
    case ConfigResourceType.BROKER:
      if (name === '') return describeBrokerDefaultConfigs(configs, query);
      if (name === String(broker.brokerId)) return describeBrokerConfigs(configuration, query);
      if (!/^[+-]?\d+$/.test(name)) {
        return invalid(`Broker id must be an integer, but it is: ${name}`);
      }
      return invalid(
        `Unexpected broker id, expected ${broker.brokerId} or empty string, but received ${name}`,
      );
    case ConfigResourceType.GROUP: {
      if (name === '') return invalid('Group name must not be empty');
      const own = configsOf(configs, { type: resourceType, name });
      return describeGroupConfigs(configuration, own, query);
    }
    case ConfigResourceType.CLIENT_METRICS: {
      if (name === '') return invalid('Client metrics subscription name must not be empty');
      return describeClientMetricsConfigs(configsOf(configs, { type: resourceType, name }), query);
    }
    default:
      return invalid(`There are no configs of resource type ${resourceType} here.`);
  }
}

/** Kafka refuses a request as a whole over a type that it does not know. */
const isKnownType = (resourceType: number): boolean =>
  Object.values(ConfigResourceType).some((known) => known === resourceType);

const invalid = (errorMessage: string) => ({ errorCode: ErrorCode.INVALID_REQUEST, errorMessage });
