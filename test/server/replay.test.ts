import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Connection, Wire } from '../../src/server/connection.ts';
import { Entrance } from '../../src/server/entrance.ts';
import { type Json, Recorder, type Recording } from '../../src/server/recording.ts';
import { readRecording, writeRecording } from '../../src/server/recording-file.ts';
import { replay } from '../../src/server/replay.ts';
import { framed } from './framed.ts';
import { startToyCluster } from './toy-cluster.ts';
import { ToyWorld } from './toy-world.ts';

/** Runs a recording in a fresh world; gives its trace and all that each connection sent. */
function again(recording: Recording) {
  const { startMs, seed } = recording;
  const world = new ToyWorld({ startMs, seed });
  const sent = new Map<number, string>();
  replay(recording, world, (connectionId, chunks) => {
    const text = Buffer.concat(chunks).toString('latin1');
    sent.set(connectionId, (sent.get(connectionId) ?? '') + text);
  });
  return { trace: world.trace, sent, nowMs: world.clock.now() };
}

test('a live run over sockets is replayed to the same trace and the same bytes', async () => {
  const startMs = Date.now();
  const world = new ToyWorld({ startMs, seed: 42 });
  const recorder = new Recorder({ clock: world.clock, seed: 42, options: { brokers: 2 } });
  const cluster = await startToyCluster({ world, recorder, brokerIds: [1, 2] });
  const { connect, servers, pacemaker, entrance } = cluster;
  const clients = [await connect(), await connect(), await connect(undefined, servers[1])];
  const received = new Map(clients.map((_, i) => [i + 1, '']));
  const expectFrom = async (index: number, count: number) => {
    for (let i = 0; i < count; i++) {
      const text = await clients[index]!.next();
      if (text === undefined) return;
      received.set(index + 1, received.get(index + 1)! + framed(text).toString('latin1'));
    }
  };
  clients[0]!.send('chance a', 'echo b', 'wait 7 c', 'chance d');
  clients[1]!.send('chance e', `echo ${'x'.repeat(200_000)}`, 'chance f');
  clients[2]!.send('chance g', 'echo h');
  await Promise.all([expectFrom(0, 4), expectFrom(1, 3), expectFrom(2, 2)]);
  clients[1]!.socket.pause();
  clients[1]!.send(...Array.from({ length: 30 }, () => 'big 1000000'), 'chance after');
  clients[0]!.send('chance i', 'chance j');
  await expectFrom(0, 2);
  clients[1]!.socket.resume();
  await expectFrom(1, 31);
  pacemaker.advance(5000);
  clients[2]!.send('park k', 'echo l');
  clients[0]!.send('chance m', 'wake');
  await Promise.all([expectFrom(0, 2), expectFrom(2, 2)]);
  pacemaker.perform(() => entrance.operate('crash', 2));
  expect(() => pacemaker.perform(() => entrance.operate('explode'))).toThrow(/no verb/);
  clients[0]!.send('bad');
  await expectFrom(0, 1);
  clients[1]!.close();
  while (entrance.clients(1).length > 0) await new Promise((done) => setImmediate(done));

  const recording = pacemaker.perform(() => recorder.recording());
  expect(recording.inputs.some(({ input }) => input.type === 'blocked')).toBe(true);
  const live = { trace: world.trace.slice(), sent: received, nowMs: recording.endMs };
  expect(again(recording)).toEqual(live);
  expect(again(readRecording(writeRecording(recording)))).toEqual(live);
});

/** A wire whose fate is in the run's hands. */
class FatedWire implements Wire {
  sent = '';
  readonly #room: () => boolean;

  constructor(room: () => boolean) {
    this.#room = room;
  }

  send(chunks: readonly Uint8Array[]): boolean {
    this.sent += Buffer.concat(chunks).toString('latin1');
    return this.#room();
  }

  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}
}

const text = fc.constantFrom(
  ...['echo a', 'wait 3 b', 'chance c', 'park d', 'wake', 'silent', 'big 700000', 'bad', 'close'],
);
const step = fc.oneof(
  fc.record({ type: fc.constant('open' as const), brokerId: fc.integer({ min: 1, max: 2 }) }),
  fc.record({
    type: fc.constant('received' as const),
    of: fc.nat(5),
    texts: fc.array(text, { maxLength: 5 }),
    cutAt: fc.nat(40),
  }),
  fc.record({
    type: fc.constantFrom('ended' as const, 'drained' as const, 'closed' as const),
    of: fc.nat(5),
  }),
  fc.record({ type: fc.constant('crash' as const), brokerId: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ type: fc.constant('pass' as const), ms: fc.nat(30) }),
);

test('any run is replayed to the same trace, whatever blocks and breaks', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.array(fc.boolean()), (steps, rooms) => {
      const world = new ToyWorld({ startMs: 1000, seed: 3 });
      const recorder = new Recorder({ clock: world.clock, seed: 3, options: null });
      const entrance = new Entrance({ world, recorder });
      const connections: { connection: Connection; wire: FatedWire }[] = [];
      let sends = 0;
      const room = () => rooms[sends++ % (rooms.length + 1)] ?? true;
      for (const next of steps) {
        if (next.type === 'pass') {
          // In as many pieces as the pacemaker likes: where its wake-ups fall must not matter.
          for (let ms = 0; ms < next.ms; ms++) world.clock.advanceTo(world.clock.now() + 1);
        } else if (next.type === 'crash') {
          entrance.operate('crash', next.brokerId);
          entrance.operate('restart', next.brokerId);
        } else if (next.type === 'open') {
          const wire = new FatedWire(room);
          const arrival = { brokerId: next.brokerId, host: '::1' };
          connections.push({ connection: entrance.opened(arrival, wire), wire });
        } else {
          const connection = connections[next.of]?.connection;
          if (connection === undefined) continue;
          if (next.type === 'received') {
            const bytes = Buffer.concat(next.texts.map(framed));
            entrance.received(connection, bytes.subarray(0, next.cutAt));
            entrance.received(connection, bytes.subarray(next.cutAt));
          } else entrance[next.type](connection);
        }
        world.clock.settle();
      }
      const replayed = again(readRecording(writeRecording(recorder.recording())));
      expect(replayed.trace).toEqual(world.trace);
      const sent = connections.map(({ connection, wire }) => [
        connection.client.connectionId,
        wire.sent,
      ]);
      expect([...replayed.sent]).toEqual(
        expect.arrayContaining(sent.filter(([, bytes]) => bytes !== '')),
      );
    }),
    { numRuns: 300 },
  );
});

test('two inputs in one event are replayed as the two that they are', () => {
  const world = new ToyWorld({ startMs: 1000, seed: 3 });
  const recorder = new Recorder({ clock: world.clock, seed: 3, options: null });
  const entrance = new Entrance({ world, recorder });
  const wire = new FatedWire(() => false); // so that the second waits until the first is sent
  const connection = entrance.opened({ brokerId: 1, host: '::1' }, wire);
  entrance.received(connection, framed('echo a'));
  entrance.received(connection, framed('echo b'));
  world.clock.settle();
  expect(world.trace).toHaveLength(1);
  expect(again(recorder.recording()).trace).toEqual(world.trace);
});

describe('the file of a recording', () => {
  const inputs: Recording['inputs'] = [
    { atMs: 1000, input: { type: 'opened', connectionId: 1, brokerId: 2, host: '::1' } },
    { atMs: 1000, input: { type: 'received', connectionId: 1, bytes: Buffer.from([0, 255, 10]) } },
    { atMs: 1003, input: { type: 'blocked', connectionId: 1, send: 4 } },
    { atMs: 1004, input: { type: 'drained', connectionId: 1 } },
    { atMs: 1005, input: { type: 'operate', verb: 'cut', args: [1, 'x', { deep: [null] }] } },
    { atMs: 1006, input: { type: 'ended', connectionId: 1 } },
    { atMs: 1007, input: { type: 'closed', connectionId: 1 } },
  ];
  const options: Json = 3;
  const recording: Recording = { seed: 7, startMs: 1000, endMs: 2000, options, inputs };

  test('is one line for the run and one for each input', () => {
    expect(writeRecording(recording).split('\n')).toEqual([
      '{"odradek":"recording","version":1,"seed":7,"startMs":1000,"endMs":2000,"options":3}',
      '[0,"opened",1,2,"::1"]',
      '[0,"received",1,"AP8K"]',
      '[3,"blocked",1,4]',
      '[4,"drained",1]',
      '[5,"operate","cut",[1,"x",{"deep":[null]}]]',
      '[6,"ended",1]',
      '[7,"closed",1]',
      '',
    ]);
    expect(readRecording(writeRecording(recording))).toEqual(recording);
  });

  test.each([
    ['', /line 1 .* not JSON/],
    ['{}', /no recording of Odradek/],
    ['{"odradek":"recording","version":2}', /version 2/],
    [writeRecording(recording).replace('"ended"', '"vanished"'), /no input 'vanished'/],
    [`${writeRecording(recording)}[1,`, /line 9 .* not JSON/],
  ])('that is none is refused (%#)', (file, message) => {
    expect(() => readRecording(file)).toThrow(message);
  });

  test('of a connection that was never opened is refused', () => {
    const broken = { ...recording, inputs: inputs.slice(1) };
    expect(() => again(broken)).toThrow(/no connection 1/);
  });
});
