import { ErrorCode } from '../../protocol/error-code.ts';
import { OPERATIONS_NOT_REQUESTED } from '../../protocol/messages/authorized-operations.ts';
import { clusterOperations } from '../authorized-operations.ts';
import type { Handler } from '../request-context.ts';

const brokers = 1;
const controllers = 2;

/** KIP-700; which kind of node is asked about came with KIP-919, fenced brokers with KIP-1073. */
export const describeCluster: Handler<'DescribeCluster'> = (broker, request, _context, reply) => {
  const { endpointType, includeFencedBrokers } = request;
  const all = [...broker.metadata.brokers.values()];
  const alive = all.filter(({ fenced }) => !fenced);
  const isBrokers = endpointType === brokers;
  const mismatch =
    endpointType === controllers
      ? ErrorCode.MISMATCHED_ENDPOINT_TYPE
      : ErrorCode.UNSUPPORTED_ENDPOINT_TYPE;
  const shown = includeFencedBrokers ? all : alive;
  reply({
    throttleTimeMs: 0,
    errorCode: isBrokers ? ErrorCode.NONE : mismatch,
    errorMessage: isBrokers ? null : 'The request was sent to an endpoint of the wrong type.',
    endpointType: isBrokers ? brokers : endpointType,
    clusterId: isBrokers ? broker.clusterId : '',
    controllerId: isBrokers ? broker.someBroker(alive.map(({ brokerId }) => brokerId)) : -1,
    brokers: isBrokers
      ? shown.map(({ brokerId, endpoint, rack, fenced }) => ({
          brokerId,
          ...endpoint,
          rack,
          isFenced: fenced,
        }))
      : [],
    clusterAuthorizedOperations:
      isBrokers && request.includeClusterAuthorizedOperations
        ? clusterOperations
        : OPERATIONS_NOT_REQUESTED,
  });
};
