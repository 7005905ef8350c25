/** What a caller of the fixture can have done wrong or run into; docs/ERRORS.md explains each. */
export type ClusterErrorCode =
  | 'E_UNKNOWN_OPTION'
  | 'E_BAD_OPTION'
  | 'E_BAD_CONFIG'
  | 'E_PORT_IN_USE'
  | 'E_CANNOT_LISTEN'
  | 'E_UNKNOWN_BROKER'
  | 'E_UNKNOWN_CONTROLLER'
  | 'E_UNKNOWN_NODE'
  | 'E_UNKNOWN_TOPIC'
  | 'E_UNKNOWN_PARTITION'
  | 'E_UNKNOWN_GROUP'
  | 'E_TOPIC_REFUSED'
  | 'E_RECORDS_REFUSED'
  | 'E_CHANGE_REFUSED'
  | 'E_NOT_RUNNING'
  | 'E_TIMEOUT'
  | 'E_BAD_RECORDING'
  | 'E_CLOSED'
  | 'E_BAD_REQUEST'
  | 'E_NO_ADMIN';

/** An error of the caller's making; `code` is stable, the text says what, why and what to do. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}
