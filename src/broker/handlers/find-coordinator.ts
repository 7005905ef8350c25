import { ErrorCode } from '../../protocol/error-code.ts';
import type { FindCoordinatorResponse } from '../../protocol/messages/find-coordinator.ts';
import type { Handler } from '../request-context.ts';

type Coordinator = FindCoordinatorResponse['coordinators'][number];

const coordinatorNotAvailable = 'The coordinator is not available.';

/** 0 group, 1 transaction, 2 share. */
const keyTypeMax = 2;

/**
 * There is no coordinator yet, and this says so in the one way that clients take for an answer and
 * not for a fault of the connection. Version 4 asks for many keys at once (KIP-699).
 */
export const findCoordinator: Handler<'FindCoordinator'> = (
  _broker,
  request,
  { apiVersion },
  reply,
) => {
  const { keyType } = request;
  const keys = apiVersion >= 4 ? request.coordinatorKeys : [request.key];
  const isKnown = keyType >= 0 && keyType <= keyTypeMax && !(keyType === 2 && apiVersion < 6);
  const errorCode = isKnown ? ErrorCode.COORDINATOR_NOT_AVAILABLE : ErrorCode.INVALID_REQUEST;
  const errorMessage = isKnown ? coordinatorNotAvailable : null;
  const nowhere = { nodeId: -1, host: '', port: -1 };
  reply({
    throttleTimeMs: 0,
    errorCode,
    errorMessage,
    ...nowhere,
    coordinators: keys.map((key): Coordinator => ({ key, ...nowhere, errorCode, errorMessage })),
  });
};
