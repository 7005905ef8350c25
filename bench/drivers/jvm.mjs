// Kafka's own producer, as kafka-producer-perf-test runs it, with a server's compiler and collector.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, readClasspath } from '../build.mjs';
import { run } from '../processes.mjs';

const logging = fileURLToPath(
  new URL('../../scripts/kafka-tools/log4j2.properties', import.meta.url),
);

/** Its --record-size draws each byte of each record by chance and measures that: a file instead. */
export async function produce(session, { topic, count, sizeBytes }) {
  const payload = build(`payload-${sizeBytes}`);
  writeFileSync(payload, 'x'.repeat(sizeBytes));
  const java = ['-Xmx512m', '-XX:+UseG1GC', `-Dlog4j2.configurationFile=${logging}`];
  const tool = 'org.apache.kafka.tools.ProducerPerformance';
  const amount = ['--topic', topic, '--num-records', count, '--payload-file', payload];
  const client = ['acks=1', 'enable.idempotence=false', 'linger.ms=5', 'batch.size=131072'];
  const properties = [`bootstrap.servers=${session.bootstrap}`, ...client];
  const text = await run(
    'java',
    [
      ...java,
      '-cp',
      readClasspath('kafka-tools.classpath'),
      tool,
      ...amount,
      '--throughput',
      '-1',
    ].concat('--producer-props', properties),
    { timeoutMs: 90_000 },
  );
  const rate = Number(/ ([\d.]+) records\/sec.*ms 50th/.exec(text)?.[1]);
  if (!(rate > 0)) throw new Error(text.trim().split('\n').at(-1));
  return { rate };
}
