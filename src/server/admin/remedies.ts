import type { ClusterErrorCode } from '../cluster-error.ts';

interface Remedy {
  /** The status of the HTTP response. */
  readonly status: number;
  /** What to do about it. */
  readonly remedy: string;
}

const given = 'see /api/v1/openapi.json for what is taken';
const look = 'GET /api/v1/cluster shows what there is';

/** For every code of docs/ERRORS.md. */
export const remedies: Readonly<Record<ClusterErrorCode, Remedy>> = {
  E_UNKNOWN_OPTION: { status: 400, remedy: given },
  E_BAD_OPTION: { status: 400, remedy: given },
  E_BAD_CONFIG: { status: 400, remedy: 'give the config a value that Kafka takes' },
  E_PORT_IN_USE: { status: 409, remedy: 'end the other process, or choose another port' },
  E_CANNOT_LISTEN: { status: 409, remedy: 'choose an address of this machine' },
  E_UNKNOWN_BROKER: { status: 404, remedy: look },
  E_UNKNOWN_CONTROLLER: { status: 404, remedy: look },
  E_UNKNOWN_NODE: { status: 404, remedy: look },
  E_UNKNOWN_TOPIC: { status: 404, remedy: look },
  E_UNKNOWN_PARTITION: { status: 404, remedy: look },
  E_UNKNOWN_GROUP: { status: 404, remedy: 'GET /api/v1/groups shows what there is' },
  E_TOPIC_REFUSED: { status: 409, remedy: 'the text has the reason that Kafka gives' },
  E_RECORDS_REFUSED: { status: 409, remedy: 'the text has the reason that Kafka gives' },
  E_CHANGE_REFUSED: { status: 409, remedy: 'the text has the reason that Kafka gives' },
  E_NOT_RUNNING: { status: 409, remedy: 'restart a broker, or wait for an election' },
  E_TIMEOUT: { status: 504, remedy: 'it may still come about; the text says what happened so far' },
  E_BAD_RECORDING: { status: 400, remedy: 'give it what cluster.recording() wrote' },
  E_CLOSED: { status: 503, remedy: 'start a cluster again' },
  E_BAD_REQUEST: { status: 400, remedy: given },
  E_NO_ADMIN: { status: 503, remedy: 'start a cluster, or name its port with --admin' },
};
