import { assert } from '../assert.ts';
import type { Door } from '../broker/door.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { BrokerSettings } from '../config/broker-settings.ts';
import type { Json } from './recording.ts';
import type { World } from './world.ts';

/** What a client meets that comes between the opening of the port and the start of the broker. */
const closedDoor: Door = {
  receive: (_frame, _client, reply) => reply('close'),
  disconnected: () => undefined,
};

type Verb = (cluster: Cluster, args: readonly Json[]) => void;

function brokerIdFrom([brokerId]: readonly Json[]): number {
  assert(typeof brokerId === 'number', 'the verb is about a broker');
  return brokerId;
}

const verbs: Readonly<Record<string, Verb>> = {
  advertise(cluster, [brokerId, host, port]) {
    assert(typeof host === 'string' && typeof port === 'number', 'advertise: id, host, port');
    cluster.advertise(brokerIdFrom([brokerId!]), { host, port });
  },
  start: (cluster) => cluster.start(),
  crash: (cluster, args) => cluster.crash(brokerIdFrom(args)),
  restart: (cluster, args) => cluster.restart(brokerIdFrom(args)),
};

/** A cluster as entrance and replay see it. `settings` are a broker's, whether it runs or not. */
export function clusterWorld(
  cluster: Cluster,
  settings: (brokerId: number) => BrokerSettings,
): World {
  return {
    clock: cluster.clock,
    door: (brokerId) => (cluster.isRunning(brokerId) ? cluster.door(brokerId) : closedDoor),
    limits(brokerId) {
      const { socketRequestMaxBytes, connectionsMaxIdleMs } = settings(brokerId);
      return { frameMaxBytes: socketRequestMaxBytes, idleMaxMs: connectionsMaxIdleMs };
    },
    operate(verb, args) {
      const carryOut = verbs[verb];
      assert(carryOut !== undefined, `there is no verb '${verb}'`);
      carryOut(cluster, args);
    },
    onBrokerState: (listener) => cluster.onBrokerState(listener),
  };
}
