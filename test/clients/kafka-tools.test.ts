import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kafkaTool } from './run.ts';
import { openTarget, type Target } from './target.ts';

let target: Target;
let bootstrap: string[];

beforeAll(async () => {
  target = await openTarget();
  bootstrap = ['--bootstrap-server', target.bootstrapServers];
});
afterAll(() => target[Symbol.asyncDispose]());

/** Runs a tool that must succeed and have nothing to complain about; returns what it printed. */
async function quietly(name: string, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await kafkaTool(name, [...bootstrap, ...args], input);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `record ${i}`);

async function read(topic: string, count: number): Promise<string[]> {
  const place = ['--topic', topic, '--partition', '0', '--offset', 'earliest'];
  const args = [...place, '--max-messages', String(count), '--timeout-ms', '20000'];
  const { code, stdout, stderr } = await kafkaTool('console-consumer', [...bootstrap, ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: `Processed a total of ${count} messages\n` });
  return lines(stdout);
}

describe("Kafka's own console tools", () => {
  test('kafka-topics creates, describes, grows and deletes', async () => {
    const topic = ['--topic', 'tools-topics'];
    const shape = ['--partitions', '3', '--replication-factor', '3'];
    await quietly('topics', ['--create', ...topic, ...shape]);
    const described = lines(await quietly('topics', ['--describe', ...topic]));
    expect(described).toHaveLength(4);
    expect(described[0]).toMatch(/PartitionCount: 3\s+ReplicationFactor: 3/);
    expect(described[1]).toMatch(/Partition: 0\s+Leader: \d\s+Replicas: \d,\d,\d\s+Isr: \d,\d,\d/);
    await quietly('topics', ['--alter', ...topic, '--partitions', '5']);
    expect(lines(await quietly('topics', ['--describe', ...topic]))).toHaveLength(6);
    await quietly('topics', ['--delete', ...topic]);
    expect(lines(await quietly('topics', ['--list']))).not.toContain('tools-topics');
  });

  describe.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('codec %s', (codec) => {
    test.each(['0', '1', 'all'])('acks %s: what is produced is consumed', async (acks) => {
      const topic = `tools-${codec}-${acks}`;
      const shape = ['--partitions', '1', '--replication-factor', '3'];
      await quietly('topics', ['--create', '--topic', topic, ...shape]);
      const records = numbered(100);
      const idempotent = acks === 'all' ? [] : ['--command-property', 'enable.idempotence=false'];
      const how = ['--compression-codec', codec, '--request-required-acks', acks, ...idempotent];
      await quietly('console-producer', ['--topic', topic, ...how], `${records.join('\n')}\n`);
      expect(await read(topic, 100)).toEqual(records);
    });
  });

  test('kafka-get-offsets sees the end, the start and the place of a time', async () => {
    await quietly('topics', ['--create', '--topic', 'tools-offsets', '--partitions', '1']);
    await quietly('console-producer', ['--topic', 'tools-offsets'], 'a\nb\nc\n');
    const at = async (time: string) =>
      await quietly('get-offsets', ['--topic', 'tools-offsets', '--time', time]);
    expect(await at('latest')).toBe('tools-offsets:0:3\n');
    expect(await at('earliest')).toBe('tools-offsets:0:0\n');
    expect(await at('0')).toBe('tools-offsets:0:0\n');
  });

  test('kafka-configs sets, shows and removes a topic config', async () => {
    await quietly('topics', ['--create', '--topic', 'tools-configs', '--partitions', '1']);
    const entity = ['--entity-type', 'topics', '--entity-name', 'tools-configs'];
    await quietly('configs', ['--alter', ...entity, '--add-config', 'retention.ms=60000']);
    const shown = await quietly('configs', ['--describe', ...entity]);
    expect(shown).toMatch(/retention\.ms=60000 sensitive=false/);
    await quietly('configs', ['--alter', ...entity, '--delete-config', 'retention.ms']);
    expect(await quietly('configs', ['--describe', ...entity])).not.toContain('retention.ms=');
  });
});
