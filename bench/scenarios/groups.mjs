// One group over 1,000 partitions, with either protocol: how it comes together, and what each of its
// heartbeats and commits costs, with more and more members.
import { ClassicGroup } from '../drivers/classic-group.mjs';
import { Connection } from '../drivers/connection.mjs';
import { ConsumerGroup } from '../drivers/consumer-group.mjs';
import { findCoordinator } from '../drivers/find-coordinator.mjs';
import { residentMB, stopwatch } from '../processes.mjs';
import { withTopic } from './topics.mjs';

const partitionCount = 1000;
let groups = 0;

async function timed(session, what) {
  const cpu = stopwatch(session.pids);
  const begin = performance.now();
  await what();
  return { ms: performance.now() - begin, cpuMs: cpu() * 1000 };
}

/** `count` times in all, each member as often as the others, one after the other. */
async function shared(session, members, count, act) {
  const each = Math.ceil(count / members.length);
  const one = async (member) => {
    for (let time = 1; time <= each; time++) await act(member, time);
  };
  const { ms, cpuMs } = await timed(session, () => Promise.all(members.map(one)));
  const done = each * members.length;
  return { rate: (done / ms) * 1000, cpuUs: (cpuMs / done) * 1000 };
}

/** `use` with as many connections as there are members, to the coordinator of a new group. */
async function withGroup(session, { kind, topic, size }, use) {
  const name = `${kind}-${++groups}`;
  const address = await findCoordinator(session.bootstrap, name);
  const connections = await Connection.openAll(address, size);
  try {
    await use({ name, topic, partitionCount }, connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}

export const groupsOfMany = {
  brokers: 1,
  label: 'members',
  sizes: [10, 100, 500],
  targets: ['odradek', 'kfake', 'kafka'],
  async measure({ session, take, scale, size }) {
    const times = 5000 * scale;
    await withTopic(session, { partitions: partitionCount }, async (topic) => {
      await withGroup(session, { kind: 'classic', topic, size }, async (about, connections) => {
        const group = new ClassicGroup(about, connections);
        await group.form();
        await take('classic rebalance', () => timed(session, () => group.rebalance()));
        const { members } = group;
        await take('heartbeat', () => shared(session, members, times, (one) => one.heartbeat()));
        await take('commit', () => shared(session, members, times, (one, at) => one.commit(at)));
      });
      await withGroup(session, { kind: 'consumer', topic, size }, async (about, connections) => {
        const group = new ConsumerGroup(about, connections);
        await take('convergence', () => timed(session, () => group.converge()));
        const beat = (one) => one.heartbeat();
        await take('consumer heartbeat', () => shared(session, group.members, times, beat));
      });
      await take('memory', () => ({ MB: residentMB(session.pids) }));
    });
  },
};
