import { ErrorCode } from '../../protocol/error-code.ts';
import type { FindCoordinatorResponse } from '../../protocol/messages/find-coordinator.ts';
import type { Broker } from '../broker.ts';
import type { Handler } from '../request-context.ts';

type Coordinator = FindCoordinatorResponse['coordinators'][number];

/** 0 group, 1 transaction, 2 share. */
const groupType = 0;
const transactionType = 1;
const keyTypeMax = 2;
const nowhere = { nodeId: -1, host: '', port: -1 };

/**
 * Version 4 asks for many keys at once (KIP-699). For share groups there is no coordinator
 * yet, and this says so in the one way that clients take for an answer and not for a fault of the
 * connection.
 */
export const findCoordinator: Handler<'FindCoordinator'> = (
  broker,
  request,
  { apiVersion },
  reply,
) => {
  const { keyType } = request;
  const keys = apiVersion >= 4 ? request.coordinatorKeys : [request.key];
  const isKnown = keyType >= 0 && keyType <= keyTypeMax && !(keyType === 2 && apiVersion < 6);
  const answers: Coordinator[] = [];
  const answer = (coordinator: Coordinator) => {
    answers.push(coordinator);
    if (answers.length === keys.length) reply(respond(answers));
  };
  if (keys.length === 0) reply(respond([]));
  for (const key of keys) {
    if (!isKnown) answer(refuse(key, ErrorCode.INVALID_REQUEST));
    else if (keyType > transactionType) answer(refuse(key, ErrorCode.COORDINATOR_NOT_AVAILABLE));
    else {
      const { groups, transactions } = broker;
      const coordinators = keyType === groupType ? groups : transactions;
      coordinators.findCoordinator(key, (brokerId) => answer(locate(broker, key, brokerId)));
    }
  }
};

/** Before version 4 the one answer stands alone. */
function respond(coordinators: readonly Coordinator[]): FindCoordinatorResponse {
  const { nodeId, host, port, errorCode, errorMessage } =
    coordinators[0] ?? refuse('', ErrorCode.NONE);
  const alone = { errorCode, errorMessage, nodeId, host, port };
  return { throttleTimeMs: 0, ...alone, coordinators };
}

function locate({ metadata }: Broker, key: string, brokerId: number): Coordinator {
  const known = metadata.brokers.get(brokerId);
  if (known === undefined || known.fenced) return refuse(key, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  const { host, port } = known.endpoint;
  return { key, nodeId: brokerId, host, port, errorCode: ErrorCode.NONE, errorMessage: '' };
}

const refuse = (key: string, errorCode: ErrorCode): Coordinator => {
  const isLater = errorCode === ErrorCode.COORDINATOR_NOT_AVAILABLE;
  const errorMessage = isLater ? 'The coordinator is not available.' : null;
  return { key, ...nowhere, errorCode, errorMessage };
};
