#!/usr/bin/env node
import picocolors from 'picocolors';
import { ClusterError } from '../server/cluster-error.ts';
import type { KafkaCluster } from '../server/kafka-cluster.ts';
import { startCluster } from '../server/start-cluster.ts';
import { version } from '../version.ts';
import { sendVerb } from './admin-client.ts';
import { answerText } from './answer-text.ts';
import type { ExperimentCommand } from './experiment/command.ts';
import { parseCommandLine, type Start } from './options.ts';
import { readyRecord, readyText } from './ready.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { UsageError } from './usage-error.ts';
import type { VerbCommand } from './verb-commands.ts';

const exitCode = { failure: 1, usage: 2, portInUse: 3 } as const;

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCode.usage;
  if (!(error instanceof ClusterError)) return exitCode.failure;
  if (error.code === 'E_PORT_IN_USE') return exitCode.portInUse;
  const usage = ['E_UNKNOWN_OPTION', 'E_BAD_OPTION', 'E_BAD_CONFIG', 'E_TOPIC_REFUSED'];
  return usage.includes(error.code) ? exitCode.usage : exitCode.failure;
}

/** What the caller did wrong is one line; what we did wrong comes with its stack. */
function fail(error: unknown): void {
  const expected = error instanceof UsageError || error instanceof ClusterError;
  const text = expected ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`odradek: ${text}\n`);
  process.exitCode = exitCodeOf(error);
}

/** https://no-color.org; what is piped somewhere is plain unless asked otherwise. */
function isColoured({ NO_COLOR, FORCE_COLOR }: NodeJS.ProcessEnv): boolean {
  return !NO_COLOR && (Boolean(FORCE_COLOR) || process.stdout.isTTY === true);
}

const warn = (text: string): boolean => process.stderr.write(`odradek: warning: ${text}\n`);

/** At `port`, or at any other where it is in use: nobody has asked for this one. */
async function openAdmin(cluster: KafkaCluster, port: number): Promise<void> {
  await cluster.openAdmin(port).catch(async (error: unknown) => {
    if (!(error instanceof ClusterError && error.code === 'E_PORT_IN_USE')) throw error;
    await cluster.openAdmin(0);
    warn(`the admin port ${port} is in use; it is ${new URL(cluster.adminUrl!).port} instead`);
  });
}

async function start({ cluster: options, adminPort, json }: Start): Promise<void> {
  const cluster = await startCluster(options);
  stopOnSignal(process, () => cluster.close().catch(fail));
  if (adminPort !== undefined) await openAdmin(cluster, adminPort);
  for (const warning of cluster.warnings) warn(warning);
  const startupMs = Math.round(performance.now());
  const text = json
    ? `${readyRecord(cluster, startupMs)}\n`
    : readyText(cluster, startupMs, picocolors.createColors(isColoured(process.env)));
  process.stdout.write(text);
}

async function carryOut(command: VerbCommand): Promise<void> {
  const { verb, body } = await sendVerb(command);
  process.stdout.write(command.json ? `${JSON.stringify(body)}\n` : answerText(verb, body));
}

/** Loaded when asked for: it is a laboratory of its own, and nothing that a cluster needs. */
async function experiment(command: ExperimentCommand): Promise<void> {
  const { runExperiment } = await import('./experiment/run-experiment.ts');
  const { text, isAsExpected } = runExperiment(command);
  process.stdout.write(text);
  if (!isAsExpected) process.exitCode = exitCode.failure;
}

async function main(args: readonly string[]): Promise<void> {
  const commandLine = parseCommandLine(args, version);
  if (commandLine.kind === 'print') process.stdout.write(commandLine.text);
  else if (commandLine.kind === 'start') await start(commandLine);
  else if (commandLine.kind === 'experiment') await experiment(commandLine);
  else await carryOut(commandLine);
}

// `odradek --json | head -1` closes the pipe that it has read enough from; the cluster runs on.
process.stdout.on('error', () => undefined);
main(process.argv.slice(2)).catch(fail);
