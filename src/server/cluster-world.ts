import { assert } from '../assert.ts';
import type { Loss } from '../broker/broker-event.ts';
import type { Door } from '../broker/door.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { BrokerSettings } from '../config/broker-settings.ts';
import type { Network } from '../simulation/network.ts';
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

const aboutBroker =
  (verb: 'restart' | 'shutdown' | 'pause' | 'resume' | 'removeBroker'): Verb =>
  (cluster, args) =>
    cluster[verb](brokerIdFrom(args));

const verbs: Readonly<Record<string, Verb>> = {
  advertise(cluster, [brokerId, host, port]) {
    assert(typeof host === 'string' && typeof port === 'number', 'advertise: id, host, port');
    cluster.advertise(brokerIdFrom([brokerId!]), { host, port });
  },
  start: (cluster) => cluster.start(),
  crash: (cluster, args) => cluster.crash(brokerIdFrom(args), (args[1] ?? 'nothing') as Loss),
  restart: aboutBroker('restart'),
  shutdown: aboutBroker('shutdown'),
  pause: aboutBroker('pause'),
  resume: aboutBroker('resume'),
  removeBroker: aboutBroker('removeBroker'),
  addBroker(cluster, [brokerId, configs]) {
    const entries = Object.entries(configs as Record<string, string>);
    cluster.addBroker({ brokerId: brokerIdFrom([brokerId!]), configs: new Map(entries) });
  },
  setLink(cluster, [from, to, plane, change]) {
    const route = { from, to, plane: plane ?? undefined } as Parameters<Network['setLink']>[0];
    cluster.network.setLink(route, change as Parameters<Network['setLink']>[1]);
  },
  heal: (cluster) => cluster.network.heal(),
};

/** A cluster as entrance and replay see it. `settings` are a broker's, whether it runs or not. */
export function clusterWorld(
  cluster: Cluster,
  settings: (brokerId: number) => BrokerSettings,
): World {
  return {
    clock: cluster.clock,
    network: cluster.network,
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
    state: (brokerId) => cluster.state(brokerId),
    onBrokerState: (listener) => cluster.onBrokerState(listener),
  };
}
