import { deepStrictEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { check, eventually, named } from '../js-checks/report.mjs';
import { produce, read, start } from './kcat.mjs';

// All that one kcat is given is one transaction. It commits at the end of its input, and aborts when
// it has been interrupted before.

const topic = named('transactions');
/** What stands in the topic, in its order: the value, and whether its transaction was committed. */
const written = [];
let count = 0;

/** Kcat reads its input in blocks of 1024 bytes, and does nothing before it has one. */
const block = () => {
  count += 16;
  return Array.from({ length: 16 }, (_, i) => `${count - 16 + i}`.padStart(63, '.'));
};

const keep = (values, isCommitted) => {
  const rows = values.map((value) => ({ value, isCommitted }));
  written.push(...rows);
  return rows;
};

const as = (id) => ['-X', `transactional.id=${named(id)}`];
const isolated = (level) => read(topic, 'beginning', '-X', `isolation.level=read_${level}`);
const values = (messages) => messages.map(({ payload }) => payload);

/** A whole transaction. */
async function transact(id, isCommitted = true) {
  if (!isCommitted) return (await begin(id)).abort();
  const lines = block();
  await produce(topic, lines, ...as(id));
  keep(lines, true);
}

/** A transaction that stays open until it is ended; its lines are in the topic. */
async function begin(id) {
  const child = start(['-P', '-t', topic, '-p', '0', ...as(id)]);
  const said = text(child.stderr);
  const end = async () => {
    child.stdin.end();
    const [status] = await once(child, 'close');
    return { status, said: await said };
  };
  const rows = [];
  const write = async () => {
    const lines = block();
    child.stdin.write(lines.map((line) => `${line}\n`).join(''));
    rows.push(...keep(lines, false));
    await eventually(async () => equal((await isolated('uncommitted')).length, written.length));
  };
  await write();
  return {
    write,
    end,
    abort: async () => {
      child.kill('SIGINT');
      match((await end()).said, /Aborting transaction/);
    },
    commit: async () => {
      for (const row of rows) row.isCommitted = true;
      match((await end()).said, /Transaction successfully committed/);
    },
  };
}

/** Both readers come to read all that they should, and nothing else, at the same offsets. */
async function settle() {
  await transact('settles');
  const last = written.at(-1).value;
  await eventually(async () => equal(values(await isolated('committed')).at(-1), last));
  const [all, committed] = [await isolated('uncommitted'), await isolated('committed')];
  deepStrictEqual(
    values(all),
    written.map(({ value }) => value),
  );
  deepStrictEqual(
    committed,
    all.filter((_, i) => written[i].isCommitted),
  );
  return `${written.length} records, ${committed.length} read committed`;
}

async function commits() {
  keep(['first'], true);
  await produce(topic, ['first']); // and the broker creates the topic
  for (let i = 0; i < 3; i += 1) await transact('commits');
  return settle();
}

/** One after the other; and then two in the same partition, of which one is aborted. */
async function aborts() {
  for (const isCommitted of [true, false, true, false]) await transact('aborts', isCommitted);
  const first = await begin('aborts');
  const second = await begin('commits');
  await first.write();
  await first.abort();
  await second.write();
  await second.commit();
  return settle();
}

async function isolates() {
  const open = await begin('stays-open');
  const before = written.length - 16;
  await transact('goes-by');
  await eventually(async () => equal((await isolated('uncommitted')).length, written.length));
  const seen = (await isolated('committed')).length;
  equal(seen, written.slice(0, before).filter(({ isCommitted }) => isCommitted).length);
  await open.commit();
  return settle();
}

async function fences() {
  const fenced = await begin('fenced');
  await transact('fenced');
  const { status, said } = await fenced.end();
  equal(status, 1);
  match(said, /fenced by a newer instance/);
  return settle();
}

export async function checkTransactions() {
  await check('transaction-commit', commits);
  await check('transaction-abort', aborts);
  await check('transaction-isolation', isolates);
  await check('transaction-fencing', fences);
}
