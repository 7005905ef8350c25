import { ErrorCode } from '../../protocol/error-code.ts';

/**
 * done       it has happened.
 * again      it may be asked again.
 * find       it may be asked again, of another coordinator.
 * abortable  the transaction has to be aborted.
 * fatal      another has its transactional id, or nobody knows it: this producer is at its end.
 */
export type Verdict = 'done' | 'again' | 'find' | 'abortable' | 'fatal';

const again: readonly number[] = [
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.NETWORK_EXCEPTION,
];

const find: readonly number[] = [ErrorCode.NOT_COORDINATOR, ErrorCode.COORDINATOR_NOT_AVAILABLE];

const abortable: readonly number[] = [
  ErrorCode.TRANSACTION_ABORTABLE,
  ErrorCode.UNKNOWN_MEMBER_ID,
  ErrorCode.ILLEGAL_GENERATION,
  ErrorCode.FENCED_INSTANCE_ID,
];

/** As Java's producer takes what a coordinator says. */
export function coordinatorVerdict(errorCode: number): Verdict {
  if (errorCode === ErrorCode.NONE) return 'done';
  if (again.includes(errorCode)) return 'again';
  if (find.includes(errorCode)) return 'find';
  return abortable.includes(errorCode) ? 'abortable' : 'fatal';
}

const unwritten: readonly number[] = [
  ...again,
  ...find,
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  ErrorCode.KAFKA_STORAGE_ERROR,
];

/** And what a leader says; that its epoch is over the coordinator has to confirm (KIP-588). */
export function produceVerdict(errorCode: number): Verdict {
  if (errorCode === ErrorCode.NONE) return 'done';
  return unwritten.includes(errorCode) ? 'again' : 'abortable';
}
