import { expect, test } from 'vitest';
import { Broker } from '../../src/broker/broker.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { LogStore } from '../../src/replication/log-store.ts';
import { VirtualClock } from '../../src/simulation/clock.ts';
import { Random } from '../../src/simulation/random.ts';
import { brokers, clusterOf, endpoint, topic } from '../controller/make.ts';

test('what is on disk of a topic deleted meanwhile goes with the first image', () => {
  const logs = new LogStore();
  for (const topicId of ['kept', 'gone']) {
    logs.open({ topicId, topic: topicId, partition: 0, name: `${topicId}-0` });
  }
  const broker = new Broker({
    brokerId: 1,
    clusterId: 'c',
    incarnation: 2,
    endpoint,
    configs: new Map(),
    logs,
    clock: new VirtualClock(),
    random: new Random(1),
    voters: [3000],
    callVoter: () => {},
    callController: (_controllerId, name, _request, reply) => {
      const registered = { errorCode: ErrorCode.NONE, brokerEpoch: 0 };
      if (name === 'registerBroker') reply(registered as Parameters<typeof reply>[0]);
    },
    callBroker: () => {},
    emit: () => {},
  });
  broker.start();
  const records = [...brokers(1), ...topic('kept', [1])];
  broker.applyMetadata(clusterOf(...records), records.slice(-1));
  expect([...logs.topicIds()]).toEqual(['kept']);
});
