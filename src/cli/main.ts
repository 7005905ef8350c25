#!/usr/bin/env node
import picocolors from 'picocolors';
import { ClusterError } from '../server/cluster-error.ts';
import type { ClusterOptions } from '../server/cluster-options.ts';
import { startCluster } from '../server/start-cluster.ts';
import { version } from '../version.ts';
import { parseCommandLine } from './options.ts';
import { readyRecord, readyText } from './ready.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { UsageError } from './usage-error.ts';

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

async function start(options: ClusterOptions, json: boolean): Promise<void> {
  const cluster = await startCluster(options);
  stopOnSignal(process, () => cluster.close().catch(fail));
  for (const warning of cluster.warnings) process.stderr.write(`odradek: warning: ${warning}\n`);
  const startupMs = Math.round(performance.now());
  const text = json
    ? `${readyRecord(cluster, startupMs)}\n`
    : readyText(cluster, startupMs, picocolors.createColors(isColoured(process.env)));
  process.stdout.write(text);
}

async function main(args: readonly string[]): Promise<void> {
  const commandLine = parseCommandLine(args, version);
  if (commandLine.kind === 'print') process.stdout.write(commandLine.text);
  else await start(commandLine.cluster, commandLine.json);
}

// `odradek --json | head -1` closes the pipe that it has read enough from; the cluster runs on.
process.stdout.on('error', () => undefined);
main(process.argv.slice(2)).catch(fail);
