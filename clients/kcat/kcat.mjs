import { equal, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { brokers, named } from '../js-checks/report.mjs';

const common = ['-b', brokers.join(','), '-X', `client.id=${named('kcat')}`];
/** Starts kcat. */
export const start = (args) => spawn('kcat', [...common, ...args]);

/** Runs kcat, which must succeed and have nothing to complain about; resolves to what it printed. */
export async function kcat(args, input = '') {
  const child = start(['-q', ...args]);
  child.stdin.on('error', () => {}); // It may have ended before it read any.
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  equal(stderr, '');
  equal(code, 0);
  return stdout;
}

/** Writes lines to partition 0 of a topic, which the broker creates; `how` are options for -P. */
export function produce(topic, lines, ...how) {
  const input = lines.map((line) => `${line}\n`).join('');
  return kcat(['-P', '-t', topic, '-p', '0', ...how], input);
}

/** @typedef {{ offset: number, ts: number, key: string | null, payload: string | null,
 *   headers?: string[] }} Message as kcat shows it; of headers, names and values take turns */

const reading = (topic, from) => {
  return ['-C', '-t', topic, '-p', '0', '-o', `${from}`, '-J', '-X', 'fetch.wait.max.ms=10'];
};

/**
 * Reads partition 0 of a topic from `-o` up to its present end.
 *
 * @returns {Promise<Message[]>}
 */
export async function read(topic, from, ...how) {
  return messages(await kcat([...reading(topic, from), '-e', ...how]));
}

/** Waits at the end of a topic; then calls `write` and resolves to the `count` messages that come. */
export async function readNext(topic, count, write) {
  const child = start([...reading(topic, 'end'), '-c', `${count}`]);
  const found = text(child.stdout);
  const [first] = await once(child.stderr, 'data');
  ok(`${first}`.startsWith('% Reached end of topic'), `${first}`);
  await write();
  return messages(await found);
}

export const messages = (lines) =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
