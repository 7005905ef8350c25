import { ErrorCode } from '../../../src/protocol/error-code.ts';

const names = new Map<number, string>(
  Object.entries(ErrorCode).map(([name, code]) => [code, name]),
);

/** Kafka's name of an error code: tests state names, and a failure then reads well. */
export function errorName(code: number): string {
  return names.get(code) ?? `unknown error ${code}`;
}
