import type { KafkaCluster } from '../server/kafka-cluster.ts';
import { version } from '../version.ts';
import { adminPort } from './admin-client.ts';
import { table } from './table.ts';

/** The first line of `--json`: all that a program needs to use the cluster. */
export function readyRecord(cluster: KafkaCluster, startupMs: number): string {
  const { clusterId, seed, bootstrapServers, brokers, adminUrl } = cluster;
  return JSON.stringify({
    event: 'ready',
    version,
    pid: process.pid,
    startupMs,
    clusterId,
    seed,
    bootstrapServers,
    brokers: brokers.map(({ id, host, port, rack }) => ({ id, host, port, rack })),
    adminUrl: adminUrl ?? null,
  });
}

/** What a person reads: a table, a line to try, a line to export. */
export function readyText(cluster: KafkaCluster, startupMs: number, colour: Colour): string {
  const [head, ...lines] = table([
    ['BROKER', 'KAFKA-ADDRESS', 'RACK'],
    ...cluster.brokers.map(({ id, host, port, rack }) => [
      String(id),
      `${host}:${port}`,
      rack ?? '-',
    ]),
  ]);
  const { seed, adminUrl, bootstrapServers, brokers } = cluster;
  const port = adminUrl === undefined ? undefined : new URL(adminUrl).port;
  const admin = port === String(adminPort) ? '' : ` --admin ${port}`;
  const crash = colour.cyan(`npx odradek crash ${brokers[0]!.id}${admin}`);
  return [
    colour.bold(head!),
    ...lines,
    '',
    `Odradek ${version} is ready after ${startupMs} ms, seed ${seed}. Ctrl-C stops it.`,
    '',
    ...(port === undefined ? [] : [`break it: ${crash}`]),
    `try: ${colour.cyan(`kcat -b ${bootstrapServers} -L`)}`,
    `export KAFKA_BOOTSTRAP_SERVERS=${bootstrapServers}`,
    '',
  ].join('\n');
}

/** The two of picocolors that are used here. */
interface Colour {
  bold(text: string): string;
  cyan(text: string): string;
}
