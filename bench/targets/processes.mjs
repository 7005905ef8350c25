// The targets that are one process, which prints where it listens.
import { fileURLToPath } from 'node:url';
import { build } from '../build.mjs';
import { launch, lineOf } from '../processes.mjs';
import { likeKafka, openSession } from './session.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const text = (line) => line;
const nothing = async () => undefined;

/** `command` starts it; `listOf` finds the bootstrap list in the first line that it prints. */
function start(command, { listOf = text, traits = () => likeKafka } = {}) {
  return async (brokers) => {
    const begin = performance.now();
    const [program, ...args] = command(brokers);
    const started = launch(program, args.map(String));
    const line = await lineOf(started);
    return openSession({
      brokers,
      begin,
      addresses: listOf(line).split(','),
      pids: [started.child.pid],
      end: started.end,
      hasEnded: started.hasEnded,
      ...traits(started),
    });
  };
}

const odradekFrom = (cli) => ({
  title: 'Odradek',
  skips: 'disk',
  needs: [],
  start: start((brokers) => [process.execPath, cli, '-n', brokers, '-p', 0, '--json'], {
    listOf: (line) => JSON.parse(line).bootstrapServers,
  }),
});

export const odradek = odradekFrom(path('../../dist/cli.cjs'));

/** Another build of Odradek, to see what a change has brought. */
export const otherBuild = (cli) => ({ ...odradekFrom(cli), title: `Odradek from ${cli}` });

export const nullBroker = {
  title: 'null broker',
  skips: 'everything: large produce requests are not read, fetch repeats one batch of 1 MB',
  needs: [],
  start: start((brokers) => [process.execPath, path('../null-broker.mjs'), brokers], {
    traits: () => ({ fetches: true, createTopic: nothing, deleteTopic: nothing }),
  }),
};

export const kfake = {
  title: 'kfake',
  skips: 'replication (the factor is a number in Metadata), disk',
  needs: ['kfake'],
  start: start((brokers) => [build('kfake'), brokers]),
};

async function createInMock(started, name, partitions, replicas) {
  started.child.stdin.write(`${name} ${partitions} ${replicas}\n`);
  if ((await lineOf(started)) !== '0') throw new Error(`create ${name} failed`);
}

export const mock = {
  title: "librdkafka's mock cluster",
  skips: 'CRC, replication, all but the last 5 MB of a partition; a produce wakes no fetch',
  needs: ['mock'],
  start: start((brokers) => [build('mock'), brokers], {
    traits: (started) => ({
      createTopic: (_admin, ...topic) => createInMock(started, ...topic),
      deleteTopic: nothing,
    }),
  }),
};
