import { expect, onTestFinished } from 'vitest';
import type { AdmissionLimits } from '../../src/server/admission.ts';
import { Entrance } from '../../src/server/entrance.ts';
import { Pacemaker } from '../../src/server/pacemaker.ts';
import type { Recorder } from '../../src/server/recording.ts';
import { TcpServer } from '../../src/server/tcp-server.ts';
import { RawClient } from './raw-client.ts';
import { ToyWorld } from './toy-world.ts';

interface ToyClusterOptions {
  readonly world?: ToyWorld;
  readonly recorder?: Recorder;
  readonly fastReads?: boolean;
  readonly host?: string;
  readonly port?: number;
  readonly limits?: Partial<AdmissionLimits>;
  readonly brokerIds?: readonly number[];
}

/** Toy brokers behind real sockets; closed when the test is over. */
export async function startToyCluster(options: ToyClusterOptions = {}) {
  const world = options.world ?? new ToyWorld();
  const entrance = new Entrance({ world, recorder: options.recorder });
  const onFailure = (error: unknown) => expect.fail(String(error));
  const pacemaker = new Pacemaker({ clock: world.clock, onFailure });
  const { host, port = 0, fastReads = true } = options;
  const limits = {
    connectionsMax: Number.POSITIVE_INFINITY,
    connectionsPerHostMax: Number.POSITIVE_INFINITY,
    ...options.limits,
  };
  const servers = (options.brokerIds ?? [1]).map(
    (brokerId) => new TcpServer({ brokerId, entrance, pacemaker, host, port, limits, fastReads }),
  );
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.close()));
    pacemaker.stop();
  });
  for (const server of servers) await server.listen();
  const server = servers[0]!;
  const connect = (at = host ?? '127.0.0.1', to = server) => RawClient.connect(to.port, at);
  return { world, entrance, pacemaker, servers, server, connect };
}
