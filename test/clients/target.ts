import { RunningCli } from '../cli/run-cli.ts';

/** Three brokers for one file of tests. */
export interface Target extends AsyncDisposable {
  readonly bootstrapServers: string;
}

/** The cluster of KAFKA_BOOTSTRAP, to see what real Kafka does; else the built command line. */
export async function openTarget(): Promise<Target> {
  const bootstrapServers = process.env.KAFKA_BOOTSTRAP;
  if (bootstrapServers) return { bootstrapServers, [Symbol.asyncDispose]: async () => {} };
  const cli = new RunningCli(['-p', '0', '--json']);
  const [line] = await cli.linesUpTo('{');
  const ready = JSON.parse(line!) as { bootstrapServers: string };
  return { ...ready, [Symbol.asyncDispose]: () => cli[Symbol.asyncDispose]() };
}
