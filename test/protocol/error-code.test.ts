import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ErrorCode, errorInfo } from '../../src/protocol/error-code.ts';

const { ODRADEK_KAFKA_MESSAGES: messages } = process.env;
const errorsFile = messages === undefined ? '' : join(messages, '..', 'errors.json');

interface KafkaError {
  readonly code: number;
  readonly name: string;
  readonly retriable: boolean;
}

describe('ErrorCode', () => {
  test('goes from -1 up without a gap', () => {
    const codes = Object.values(ErrorCode).sort((a, b) => a - b);
    expect(codes).toEqual(codes.map((_, index) => index - 1));
  });

  test('is known by its code', () => {
    expect(ErrorCode.NOT_LEADER_OR_FOLLOWER).toBe(6);
    expect(errorInfo(6)).toMatchObject({ name: 'NOT_LEADER_OR_FOLLOWER', retriable: true });
    expect(errorInfo(4711)).toBeUndefined();
  });

  test.skipIf(!existsSync(errorsFile))('is the table of Kafka', () => {
    const { errors } = JSON.parse(readFileSync(errorsFile, 'utf8')) as { errors: KafkaError[] };
    const theirs = errors.map(({ code, name, retriable }) => ({ code, name, retriable }));
    const ours = Object.values(ErrorCode).map((code) => {
      const { name, retriable } = errorInfo(code)!;
      return { code, name, retriable };
    });
    expect(ours).toEqual(theirs);
  });
});
