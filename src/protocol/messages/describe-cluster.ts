import { api } from '../api.ts';
import { since, withDefault } from '../struct.ts';
import { array, boolean, int8, int16, int32, nullableString, string } from '../types.ts';
import { OPERATIONS_NOT_REQUESTED } from './authorized-operations.ts';

/**
 * Tells the brokers of the cluster without its topics (KIP-700).
 *
 * 1 brokers or controllers (KIP-919) · 2 fenced brokers too (KIP-1073)
 */
export const DescribeCluster = api({
  key: 60,
  name: 'DescribeCluster',
  versions: [0, 2],
  flexible: 0,
  request: {
    includeClusterAuthorizedOperations: boolean,
    endpointType: since(1, int8, 1), // 1 brokers, 2 controllers
    includeFencedBrokers: since(2, boolean, false),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: withDefault(nullableString, null),
    endpointType: since(1, int8, 1),
    clusterId: string,
    controllerId: withDefault(int32, -1), // asked of a broker: any live broker
    brokers: array({
      brokerId: int32,
      host: string,
      port: int32,
      rack: withDefault(nullableString, null),
      isFenced: since(2, boolean, false),
    }),
    clusterAuthorizedOperations: withDefault(int32, OPERATIONS_NOT_REQUESTED),
  },
});
