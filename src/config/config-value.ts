/** A config's value once it has been read; LONG is exact, hence bigint. */
export type ConfigValue = boolean | string | number | bigint | readonly string[];
