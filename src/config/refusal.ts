/** The error codes that a change of configs can be refused with. */
export const ConfigError = {
  INVALID_CONFIG: 40,
  INVALID_REQUEST: 42,
  UNKNOWN_SERVER_ERROR: -1,
} as const;

/** Why a change of configs is refused. */
export interface Refusal {
  readonly errorCode: (typeof ConfigError)[keyof typeof ConfigError];
  readonly errorMessage: string | null;
}

export const invalidConfig = (errorMessage: string): Refusal => ({
  errorCode: ConfigError.INVALID_CONFIG,
  errorMessage,
});

export const invalidRequest = (errorMessage: string): Refusal => ({
  errorCode: ConfigError.INVALID_REQUEST,
  errorMessage,
});
