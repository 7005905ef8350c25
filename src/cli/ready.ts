import type { KafkaCluster } from '../server/kafka-cluster.ts';
import { version } from '../version.ts';

/** The first line of `--json`: all that a program needs to use the cluster. */
export function readyRecord(cluster: KafkaCluster, startupMs: number): string {
  const { clusterId, seed, bootstrapServers, brokers } = cluster;
  return JSON.stringify({
    event: 'ready',
    version,
    pid: process.pid,
    startupMs,
    clusterId,
    seed,
    bootstrapServers,
    brokers: brokers.map(({ id, host, port, rack }) => ({ id, host, port, rack })),
  });
}

/** What a person reads: a table, a line to try, a line to export. */
export function readyText(cluster: KafkaCluster, startupMs: number, colour: Colour): string {
  const rows = [
    ['BROKER', 'KAFKA-ADDRESS', 'RACK'],
    ...cluster.brokers.map((each) => [
      String(each.id),
      `${each.host}:${each.port}`,
      each.rack ?? '-',
    ]),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    `${row[0]!.padEnd(widths[0]!)}  ${row[1]!.padEnd(widths[1]!)}  ${row[2]}`.trimEnd(),
  );
  return [
    colour.bold(lines[0]!),
    ...lines.slice(1),
    '',
    `Odradek ${version} is ready after ${startupMs} ms, seed ${cluster.seed}. Ctrl-C stops it.`,
    '',
    `try: ${colour.cyan(`kcat -b ${cluster.bootstrapServers} -L`)}`,
    `export KAFKA_BOOTSTRAP_SERVERS=${cluster.bootstrapServers}`,
    '',
  ].join('\n');
}

/** The two of picocolors that are used here. */
interface Colour {
  bold(text: string): string;
  cyan(text: string): string;
}
