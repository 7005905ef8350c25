import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from './run.ts';
import { openTarget, type Target } from './target.ts';

let target: Target;
let bootstrap: string[];

beforeAll(async () => {
  target = await openTarget();
  bootstrap = ['-b', target.bootstrapServers];
});
afterAll(() => target[Symbol.asyncDispose]());

/** Runs kcat, which must succeed and have nothing to complain about; returns what it printed. */
async function kcat(args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await run('kcat', [...bootstrap, ...args], input);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Every record of partition 0 as `key:value`, up to its present end. */
async function read(topic: string): Promise<string[]> {
  const format = ['-f', '%k:%s\\n'];
  const text = await kcat(['-C', '-q', '-t', topic, '-p', '0', '-o', 'beginning', '-e', ...format]);
  return text.split('\n').filter((line) => line !== '');
}

describe('kcat', () => {
  test('-L lists brokers and topics', async () => {
    await kcat(['-P', '-t', 'kcat-list'], 'a\n'); // auto-created
    const listed = await kcat(['-L']);
    expect(listed).toMatch(/3 brokers:/);
    expect(listed).toMatch(/topic "kcat-list" with 1 partitions:/);
    expect(listed).toMatch(/partition 0, leader \d, replicas: \d, isrs: \d/);
  });

  describe.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('codec %s', (codec) => {
    test.each(['0', '1', '-1'])('acks %s: what is produced is consumed', async (acks) => {
      const topic = `kcat-${codec}-${acks}`;
      const records = Array.from({ length: 500 }, (_, index) => `key ${index}:value ${index}`);
      const how = ['-z', codec, '-X', `acks=${acks}`, '-K', ':', '-p', '0'];
      await kcat(['-P', '-t', topic, ...how], `${records.join('\n')}\n`);
      expect(await read(topic)).toEqual(records);
    });
  });

  test('-Q finds an offset by time', async () => {
    await kcat(['-P', '-t', 'kcat-times', '-p', '0'], 'a\nb\n');
    expect(await kcat(['-Q', '-t', 'kcat-times:0:0'])).toBe('kcat-times [0] offset 0\n');
  });

  test('headers, null values and idempotence survive', async () => {
    const how = ['-H', 'trace=abc', '-X', 'enable.idempotence=true', '-K', ':', '-Z', '-p', '0'];
    await kcat(['-P', '-t', 'kcat-headers', ...how], 'gone:\n');
    const format = ['-f', '%k|%S|%h\\n'];
    const args = ['-C', '-q', '-t', 'kcat-headers', '-p', '0', '-o', 'beginning', '-e', ...format];
    expect(await kcat(args)).toBe('gone|-1|trace=abc\n');
  });
});
