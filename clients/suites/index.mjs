import { kafkaGo } from './kafka-go.mjs';
import { librdkafka } from './librdkafka.mjs';
import { watermillKafka } from './watermill-kafka.mjs';

/**
 * @typedef {(command: string[], options?: { cwd?: string, env?: Record<string, string> }) =>
 *   Promise<{ stdout: string }>} Command runs a command, and throws if it fails
 * @typedef {{ name: string, command: string[], commandFor?: (part: string) => string[],
 *   cwd: string, env?: Record<string, string> }} Test a process; `commandFor` runs a part of it
 * @typedef {'passed' | 'failed' | 'skipped'} Verdict
 * @typedef {{ brokers: number, port: number, config: Record<string, string>,
 *   kafkaConfig?: Record<string, string>, afterStart?: string[] }} Wanted the cluster that it
 *   wants; `kafkaConfig` and `afterStart`, one of Kafka's tools, for what Odradek does not have
 * @typedef {{ name: string, client: string, version: string, needs: string[], apt?: string[],
 *   cluster: Wanted, limitMs: number,
 *   prepare: (folder: string, command: Command) => Promise<unknown>,
 *   tests: (folder: string, command: Command, bootstrapServers: string) => Promise<Test[]>,
 *   verdicts: (done: { stdout: string, status: number | null }, test: Test) =>
 *     Record<string, Verdict> }} Suite what a client brings to test itself: where it comes from,
 *   what it wants, and what came of each part of a test that was run
 */

/** @type {readonly Suite[]} */
export const suites = [kafkaGo, librdkafka, watermillKafka];
