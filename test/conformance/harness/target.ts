import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startCluster } from '../../../src/index.ts';
import type { Address } from './connection.ts';

/**
 * What a behaviour may do to a broker. Returns when it is done, not when the cluster has noticed.
 */
export interface Control {
  /** The broker is gone at once, as with kill -9. Its log stays. */
  crash(brokerId: number): Promise<void>;
  /** The broker hands over what it leads and ends in good order, as with SIGTERM. */
  shutdown(brokerId: number): Promise<void>;
  /** Nothing of the broker happens until it is resumed, as with SIGSTOP. */
  pause(brokerId: number): Promise<void>;
  resume(brokerId: number): Promise<void>;
  /** A broker that has ended starts again on its log. */
  restart(brokerId: number): Promise<void>;
}

/** A cluster of three brokers that a file of behaviours runs against. */
export interface Target {
  readonly bootstrap: readonly Address[];
  /** Absent with a cluster that was given without KAFKA_CONTROL. */
  readonly control: Control | undefined;
  close(): Promise<void>;
}

const run = promisify(execFile);

/** The cluster of KAFKA_BOOTSTRAP, or without it an Odradek of this file's own in this process. */
export async function openTarget(): Promise<Target> {
  const bootstrap = process.env.KAFKA_BOOTSTRAP;
  if (bootstrap === undefined || bootstrap === '') return await odradek();
  const script = process.env.KAFKA_CONTROL;
  return {
    bootstrap: bootstrap.split(',').map(parseAddress),
    control: script === undefined || script === '' ? undefined : scriptControl(script),
    close: async () => {},
  };
}

function scriptControl(script: string): Control {
  const verb = (name: string) => async (brokerId: number) => {
    await run(script, [name, String(brokerId)]);
  };
  return {
    crash: verb('kill'),
    shutdown: verb('term'),
    pause: verb('pause'),
    resume: verb('resume'),
    restart: verb('restart'),
  };
}

function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

/** What scripts/real-kafka puts into the properties of its brokers, where an Odradek has it too. */
const brokerConfigs = {
  'broker.session.timeout.ms': 3000,
  'broker.heartbeat.interval.ms': 500,
  'offsets.topic.num.partitions': 5,
  'transaction.state.log.num.partitions': 5,
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': 500,
  'group.initial.rebalance.delay.ms': 0,
  'log.cleaner.backoff.ms': 100,
  'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector',
};

async function odradek(): Promise<Target> {
  const cluster = await startCluster({
    brokers: [1, 2, 3].map((id) => ({ id, rack: `rack-${id}` })),
    config: brokerConfigs,
    kafkaDefaults: true,
  });
  return {
    bootstrap: cluster.brokerList.map(parseAddress),
    control: {
      crash: async (brokerId) => {
        void cluster.broker(brokerId).crash(); // its promise waits until the controller has noticed
      },
      shutdown: (brokerId) => cluster.broker(brokerId).shutdown(),
      pause: async (brokerId) => cluster.broker(brokerId).pause(),
      resume: async (brokerId) => cluster.broker(brokerId).resume(),
      restart: (brokerId) => cluster.broker(brokerId).restart(),
    },
    close: () => cluster.close(),
  };
}
