import { deepStrictEqual } from 'node:assert/strict';
import { Group } from './group.mjs';
import { until } from './member.mjs';
import { check, lacks } from './report.mjs';

/**
 * The checks of consumer groups, beside each other, as most of their time is waiting. `missing` has
 * the checks that the client lacks, with the reason; `own` further ones, each given a group.
 *
 * @param {import('./group.mjs').Client} client
 * @param {{ missing?: Record<string, string>,
 *   own?: Record<string, (group: Group) => Promise<string>> }} options
 */
export async function groupChecks(client, { missing = {}, own = {} }) {
  for (const [name, why] of Object.entries(missing)) lacks(name, why);
  const inGroups = {
    'group-static': (group) => staticMember(group, client),
    'group-cooperative': cooperative,
    'group-848': (group) => nextGeneration(group, client),
    ...own,
  };
  await Promise.all([
    killed(client),
    commits(client),
    ...Object.entries(inGroups)
      .filter(([name]) => !(name in missing))
      .map(([name, work]) => check(name, () => inGroup(client, name, work))),
  ]);
}

/** In a group of its own, whose members are closed in any case. */
async function inGroup(client, name, work) {
  const group = await Group.create(client, name);
  try {
    return await work(group);
  } finally {
    await group.close();
  }
}

async function killed(client) {
  let [group, first, second, third] = [];
  await check('group-two-members', async () => {
    group = await Group.create(client, 'members');
    [first, second] = await Promise.all([group.join(), group.join()]);
    const shares = await group.sharedBy(first, second);
    await group.readByOwners();
    return shares;
  });
  await check('group-third-member', async () => {
    third = group.joinByProcess({ sessionTimeout: 6000 });
    const shares = await group.sharedBy(first, second, third);
    await group.round();
    return shares;
  });
  await check('group-killed-member', async () => {
    await third.close();
    await group.write();
    const shares = await group.sharedBy(first, second);
    await group.allRead();
    return `${shares}; ${group.written.flat().length} records`;
  });
  await group?.close();
}

async function commits(client) {
  let group;
  await check('group-auto-commit', () =>
    inGroup(client, 'commits', async (byItself) => {
      await byItself.write();
      group = byItself.another('-by-hand');
      await byItself.join({ commits: 'auto' });
      await byItself.allRead();
      await byItself.committedEverywhere(10);
      return '60 records';
    }),
  );
  await check('group-manual-commit', async () => {
    const member = await group.join({ commits: 'told' });
    await group.allRead();
    await member.client.commit(group.written.map(() => 5));
    await group.close();
    await group.committedEverywhere(5);
    return 'offset 5 of each partition';
  });
  await check('group-resume', async () => {
    const again = group.another();
    const member = await again.join({ commits: 'told' });
    const rest = group.written.flatMap((rows) => rows.slice(5));
    await until(() => member.reads.length >= rest.length, 'the rest is read', [member]);
    deepStrictEqual(inOrder(member.reads), rest);
    await again.close();
    return `${rest.length} records from offset 5 on`;
  });
}

const inOrder = (rows) => rows.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);

async function staticMember(group, { leavesWhenStatic = false }) {
  const joining = { instanceId: 'first' };
  const first = leavesWhenStatic ? group.joinByProcess(joining) : await group.join(joining);
  const second = await group.join({ instanceId: 'second' });
  await group.sharedBy(first, second);
  await group.round();
  const before = first.partitions;
  const history = [...second.history];
  await first.close();
  const again = await group.join(joining);
  const shares = await group.sharedBy(again, second);
  deepStrictEqual(again.partitions, before);
  deepStrictEqual(second.history, history);
  await group.round();
  return shares;
}

async function cooperative(group) {
  const first = await group.join({ kind: 'cooperative' });
  await group.sharedBy(first);
  const since = first.history.length - 1;
  const second = await group.join({ kind: 'cooperative' });
  const shares = await group.sharedBy(first, second);
  const lost = first.partitions.filter((kept) =>
    first.history.slice(since).some((had) => !had.includes(kept)),
  );
  deepStrictEqual(lost, []);
  await group.round();
  return `${shares}; the first kept ${first.partitions.join(' ')}`;
}

async function nextGeneration(group, client) {
  const first = await group.join({ kind: '848' });
  await group.sharedBy(first);
  // Later than the first, it sends its heartbeat, every five seconds, when the first has given way.
  const second = await group.join({ kind: '848' });
  const shares = await group.sharedBy(first, second);
  await group.readByOwners();
  await group.committedEverywhere(15);
  const type = await client.typeOf?.(group.id);
  if (type === undefined) return shares;
  deepStrictEqual(type, 'consumer');
  return `${shares}; of type ${type}`;
}
