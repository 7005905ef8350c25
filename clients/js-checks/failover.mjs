/** The part of a program of clients/failover that knows no client. */

export const topic = process.env.TOPIC;
export const partitions = Array.from({ length: Number(process.env.PARTITIONS) }, (_, i) => i);

const say = (...words) => process.stdout.write(`${JSON.stringify(words)}\n`);
const ackedEnd = new Map();

export function acked(partition, number, offset) {
  ackedEnd.set(partition, Math.max(ackedEnd.get(partition) ?? 0, offset + 1));
  say('acked', partition, number, offset);
}

export const gaveUp = (partition, number, error) =>
  say('gave-up', partition, number, error.message);

export const read = (partition, offset, number) => say('read', partition, offset, number);

/** Whether nothing that was acknowledged is left to be read from an offset on. */
export const isAllRead = (partition, next) => next >= (ackedEnd.get(partition) ?? 0);

/** One writes until standard input ends. */
export const over = new AbortController();
process.stdin.on('end', () => over.abort()).resume();
