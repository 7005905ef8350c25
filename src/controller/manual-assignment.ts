import { ErrorCode } from '../protocol/error-code.ts';
import { type CallError, callError } from './call-error.ts';
import type { ClusterMetadata } from './cluster-metadata.ts';

const invalid = (message: string): CallError =>
  callError(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);

/** Why the caller's own placement of one partition's replicas is refused, or undefined. */
export function manualAssignmentProblem(
  metadata: ClusterMetadata,
  brokerIds: readonly number[],
  replicationFactor: number,
): CallError | undefined {
  if (brokerIds.length === 0) {
    return invalid('The manual partition assignment includes an empty replica list.');
  }
  const seen = new Set<number>();
  for (const brokerId of [...brokerIds].sort((a, b) => a - b)) {
    if (!metadata.brokers.has(brokerId)) {
      return invalid(
        `The manual partition assignment includes broker ${brokerId}, ` +
          'but no such broker is registered.',
      );
    }
    if (seen.has(brokerId)) {
      return invalid(
        `The manual partition assignment includes the broker ${brokerId} more than once.`,
      );
    }
    seen.add(brokerId);
  }
  if (brokerIds.length !== replicationFactor) {
    return invalid(
      `The manual partition assignment includes a partition with ${brokerIds.length} replica(s), ` +
        'but this is not consistent with previous partitions, ' +
        `which have ${replicationFactor} replica(s).`,
    );
  }
  return undefined;
}
