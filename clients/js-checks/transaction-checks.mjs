import { deepStrictEqual, equal, rejects } from 'node:assert/strict';
import { Group } from './group.mjs';
import { Ledger, readIn } from './ledger.mjs';
import { Processor } from './processor.mjs';
import { check, lacks, named } from './report.mjs';

/**
 * The checks of transactions, some beside each other. `missing` has the checks that the client
 * lacks, with the reason; `own` further ones.
 *
 * @param {import('./ledger.mjs').Client} client
 * @param {{ missing?: Record<string, string>, own?: Record<string, () => Promise<string>> }} options
 */
export async function transactionChecks(client, { missing = {}, own = {} }) {
  for (const [name, why] of Object.entries(missing)) lacks(name, why);
  const all = {
    'transaction-offsets': () => offsets(client),
    'transaction-consume-transform-produce': () => consumeTransformProduce(client),
    ...own,
  };
  await Promise.all([
    onOneTopic(client, missing),
    ...Object.entries(all)
      .filter(([name]) => !(name in missing))
      .map(([name, work]) => check(name, work)),
  ]);
}

/** One after the other, as all write to one topic. */
async function onOneTopic(client, missing) {
  const ledger = await Ledger.open(client, 'transactions', 3);
  const producer = (name) => client.transactional(named(`transactions-${name}`));
  const works = {
    'transaction-commit': committed,
    'transaction-abort': aborted,
    'transaction-isolation': isolated,
    'transaction-fencing': (...all) => fenced(client, ...all),
  };
  for (const [name, work] of Object.entries(works)) {
    if (!(name in missing)) await check(name, () => work(ledger, producer));
  }
  await ledger.close();
}

async function committed(ledger, producer) {
  const only = await producer('only');
  for (let i = 0; i < 3; i += 1) await ledger.transaction(only, 'commit');
  const seen = await ledger.settle(only);
  await only.close();
  return seen;
}

async function aborted(ledger, producer) {
  const [a, b] = [await producer('a'), await producer('b')];
  for (const fate of ['commit', 'abort', 'commit', 'abort']) await ledger.transaction(a, fate);
  await a.begin();
  await ledger.write(a, 'abort');
  await b.begin();
  await ledger.write(b, 'commit');
  await ledger.write(a, 'abort');
  await a.abort();
  await ledger.write(b, 'commit');
  await b.commit();
  const seen = await ledger.settle(a);
  await Promise.all([a.close(), b.close()]);
  return seen;
}

async function isolated(ledger, producer) {
  const [open, other] = [await producer('open'), await producer('other')];
  const { length } = ledger.committed.reads;
  await open.begin();
  await ledger.write(open, 'commit');
  await other.begin();
  const behind = await ledger.write(other, 'commit');
  await other.commit();
  await ledger.hasRead(ledger.uncommitted, behind);
  equal(ledger.committed.reads.length, length);
  await open.commit();
  const seen = await ledger.settle(open);
  await Promise.all([open.close(), other.close()]);
  return seen;
}

async function fenced(client, ledger, producer) {
  const first = await producer('twice');
  await first.begin();
  await ledger.write(first, 'abort');
  const second = await producer('twice');
  await ledger.transaction(second, 'commit');
  await rejects(first.commit(), (error) => {
    equal(client.nameOf(error), client.fencedAs);
    return true;
  });
  const seen = await ledger.settle(second);
  await second.close();
  await first.close();
  return `${seen}; the first is told ${client.fencedAs}`;
}

async function offsets(client) {
  const group = await Group.create(client, 'transaction-offsets');
  const member = await group.join({ commits: 'told' });
  await group.allRead();
  const output = named('transaction-offsets-output');
  await client.createTopic(output, 1);
  const producer = await client.transactional(named('transaction-offsets'));
  const { id: groupId, topic } = group;
  for (const [fate, offset] of [
    ['abort', 2],
    ['commit', 3],
  ]) {
    await producer.begin();
    await producer.send(output, [{ partition: 0, key: 'key', value: fate }]);
    const all = new Map(group.written.map((_, partition) => [partition, offset]));
    await producer.sendOffsets(all, { groupId, topic, member });
    await producer[fate]();
    if (fate === 'abort') deepStrictEqual(await client.committed(groupId, topic), none(group));
  }
  await group.committedEverywhere(3);
  await producer.close();
  await group.close();
  return 'none of the aborted one, 3 of the committed one in each partition';
}

const none = (group) => group.written.map(() => -1);

async function consumeTransformProduce(client) {
  const group = await Group.create(client, 'to-transform');
  await group.write();
  const all = group.written.flat().length;
  const ledger = await Ledger.open(client, 'transformed', group.written.length);
  const first = await Processor.start(client, group, ledger);
  await first.work(20);
  await first.settle();
  await first.leaveOne();
  const second = await Processor.start(client, group, ledger);
  await second.settle(); // what was open is aborted
  await second.work(all - first.done);
  const seen = await second.settle();
  for (const [partition, rows] of group.written.entries()) {
    const results = readIn(ledger.committed, partition).filter(({ key }) => key.startsWith('key'));
    deepStrictEqual(
      results.map(({ offset, ...row }) => row),
      rows.map(Processor.transformed),
    );
  }
  await group.committedEverywhere(10);
  await Promise.all([second.close(), group.close(), ledger.close()]);
  await first.close();
  return `${first.done} of ${all} by the first; ${seen}`;
}
