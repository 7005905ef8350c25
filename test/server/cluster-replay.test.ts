import { Kafka, logLevel } from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { Wire } from '../../src/server/connection.ts';
import { Entrance } from '../../src/server/entrance.ts';
import { Pacemaker } from '../../src/server/pacemaker.ts';
import { Recorder, type Recording } from '../../src/server/recording.ts';
import { readRecording, writeRecording } from '../../src/server/recording-file.ts';
import { replay } from '../../src/server/replay.ts';
import { TcpServer } from '../../src/server/tcp-server.ts';
import { brokerIds, buildCluster } from './build-cluster.ts';

const config = {
  'broker.session.timeout.ms': 500,
  'broker.heartbeat.interval.ms': 100,
  'min.insync.replicas': 2,
};

/** The cluster behind real sockets, every input recorded; `sent` is what each connection got. */
async function startRecorded(seed: number) {
  const { cluster, world } = buildCluster({ seed, startMs: Date.now(), config });
  const recorder = new Recorder({ clock: cluster.clock, seed, options: null });
  const entrance = new Entrance({ world, recorder });
  const onFailure = (error: unknown) => expect.fail(String(error));
  const pacemaker = new Pacemaker({ clock: cluster.clock, onFailure });
  const sent = new Map<number, Buffer[]>();
  const opened = entrance.opened.bind(entrance);
  entrance.opened = (arrival, wire) => {
    const chunks: Buffer[] = [];
    const send: Wire['send'] = (pieces) => {
      chunks.push(...pieces.map((piece) => Buffer.from(piece)));
      return wire.send(pieces);
    };
    const overheard: Wire = {
      send,
      pause: () => wire.pause(),
      resume: () => wire.resume(),
      end: () => wire.end(),
      destroy: () => wire.destroy(),
    };
    const connection = opened(arrival, overheard);
    sent.set(connection.client.connectionId, chunks);
    return connection;
  };
  const limits = { connectionsMax: 1000, connectionsPerHostMax: 1000 };
  const servers = brokerIds.map(
    (brokerId) => new TcpServer({ brokerId, port: 0, entrance, pacemaker, limits }),
  );
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.close()));
    pacemaker.stop();
  });
  for (const server of servers) await server.listen();
  pacemaker.perform(() => {
    for (const [index, { port }] of servers.entries()) {
      entrance.operate('advertise', index + 1, '127.0.0.1', port);
    }
    entrance.operate('start');
  });
  const bootstrap = servers.map(({ port }) => `127.0.0.1:${port}`);
  return { cluster, recorder, entrance, pacemaker, servers, sent, bootstrap };
}

function again(recording: Recording) {
  const { seed, startMs } = recording;
  const { cluster, world } = buildCluster({ seed, startMs, config });
  const sent = new Map<number, Buffer[]>();
  replay(recording, world, (connectionId, chunks) => {
    const all = sent.get(connectionId) ?? [];
    sent.set(connectionId, [...all, ...chunks.map((chunk) => Buffer.from(chunk))]);
  });
  return { trace: traceOf(cluster), sent: bytesOf(sent) };
}

const traceOf = ({ trace }: Cluster) => trace.recent().map((event) => JSON.stringify(event));

const bytesOf = (sent: ReadonlyMap<number, Buffer[]>) =>
  Object.fromEntries(
    Array.from(
      sent,
      ([id, chunks]) => [id, Buffer.concat(chunks).toString('base64')] as const,
    ).filter(([, bytes]) => bytes !== ''),
  );

test('an afternoon with kafkajs is replayed, byte for byte', { timeout: 60_000 }, async () => {
  const live = await startRecorded(20_261_121);
  const { entrance, pacemaker, servers, cluster, bootstrap } = live;
  const kafka = new Kafka({ brokers: bootstrap, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer();
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({
    topics: [{ topic: 'orders', numPartitions: 3, replicationFactor: 3 }],
  });
  const send = (acks: number) =>
    producer.send({
      topic: 'orders',
      acks,
      messages: Array.from({ length: 20 }, (_, i) => ({ key: `${i}`, value: 'x'.repeat(i * 50) })),
    });
  for (const acks of [1, -1, 0]) await send(acks);
  pacemaker.perform(() => entrance.operate('crash', 2));
  servers[1]!.suspend();
  await send(-1);
  await servers[1]!.listen();
  pacemaker.perform(() => entrance.operate('restart', 2));
  await send(-1);
  await admin.fetchTopicOffsets('orders');
  await Promise.all([producer.disconnect(), admin.disconnect()]);

  const recording = pacemaker.perform(() => live.recorder.recording());
  const expected = { trace: traceOf(cluster), sent: bytesOf(live.sent) };
  expect(expected.trace.length).toBeGreaterThan(50);
  expect(Object.keys(expected.sent).length).toBeGreaterThan(2);
  expect(again(readRecording(writeRecording(recording)))).toEqual(expected);
  const other = again({ ...recording, seed: recording.seed + 1 });
  expect(other.trace).not.toEqual(expected.trace);
});
