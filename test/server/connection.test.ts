import { describe, expect, test } from 'vitest';
import type { ConnectionLimits, Wire } from '../../src/server/connection.ts';
import { Entrance } from '../../src/server/entrance.ts';
import { framed } from './framed.ts';
import { ToyWorld } from './toy-world.ts';

/** A wire that keeps what happens to it; `room` says whether sends go through. */
class FakeWire implements Wire {
  readonly log: string[] = [];
  room = true;

  send(chunks: readonly Uint8Array[]): boolean {
    this.log.push(`sent ${readFrames(Buffer.concat(chunks)).join(', ')}`);
    return this.room;
  }

  pause(): void {
    this.log.push('paused');
  }

  resume(): void {
    this.log.push('resumed');
  }

  end(): void {
    this.log.push('ended');
  }

  destroy(): void {
    this.log.push('destroyed');
  }
}

function readFrames(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readInt32BE(at);
    const text = bytes.toString('latin1', at + 4, end);
    frames.push(text.length > 50 ? `${text.length} bytes` : text);
    at = end;
  }
  return frames;
}

function setUp(limits: Partial<ConnectionLimits> = {}) {
  const world = new ToyWorld({ limits });
  const entrance = new Entrance({ world });
  const open = (brokerId = 1) => {
    const wire = new FakeWire();
    const connection = entrance.opened({ brokerId, host: '127.0.0.1' }, wire);
    const input = (run: () => void) => {
      run();
      world.clock.settle();
    };
    return {
      wire,
      connection,
      log: wire.log,
      send: (...requests: (string | Buffer)[]) => {
        const bytes = requests.map((r) => (typeof r === 'string' ? framed(r) : r));
        input(() => entrance.received(connection, Buffer.concat(bytes)));
      },
      end: () => input(() => entrance.ended(connection)),
      drain: () => input(() => entrance.drained(connection)),
      close: () => input(() => entrance.closed(connection)),
    };
  };
  return {
    world,
    entrance,
    open,
    pass: (ms: number) => world.clock.advanceTo(world.clock.now() + ms),
  };
}

describe('replies', () => {
  test('several of one read leave in one piece', () => {
    const { log, send } = setUp().open();
    send('echo a', 'echo b', 'silent', 'echo c');
    expect(log).toEqual(['sent a, b, c']);
  });

  test('keep the order of the requests while one of them waits', () => {
    const { open, pass } = setUp();
    const { log, send } = open();
    send('echo a', 'wait 10 b', 'echo c');
    send('echo d');
    expect(log).toEqual(['sent a']);
    pass(10);
    expect(log).toEqual(['sent a', 'sent b, c, d']);
  });

  test('the next request comes only after the reply of the one before', () => {
    const { world, open, pass } = setUp();
    const { send } = open();
    send('wait 10 a', 'wait 5 b', 'echo c');
    pass(20);
    expect(world.trace).toEqual([
      '0 broker 1 client 1 wait 10 a',
      '10 broker 1 client 1 wait 5 b',
      '15 broker 1 client 1 echo c',
    ]);
  });

  test('one woken by another client leaves, and its next request has an event of its own', () => {
    const { world, open } = setUp();
    const parked = open();
    const waker = open(2);
    parked.send('park a', 'echo b');
    waker.send('wake', 'echo c');
    expect(parked.log).toEqual(['sent a, b']);
    expect(waker.log).toEqual(['sent woken, c']);
    expect(world.trace.map((line) => line.split(' ').slice(3).join(' '))).toEqual([
      'client 1 park a',
      'client 2 wake',
      'client 2 echo c', // not b: that would be the middle of the waker's event
      'client 1 echo b',
    ]);
  });

  test('of a dead connection go nowhere', () => {
    const { world, open, pass } = setUp();
    const { log, send, close } = open();
    send('wait 10 a', 'echo b');
    close();
    pass(20);
    expect(log).toEqual([]);
    expect(world.trace).toEqual([
      '0 broker 1 client 1 wait 10 a',
      '0 broker 1 client 1 disconnected',
    ]);
  });

  test('a second one to the same request is a bug of ours', () => {
    const { send } = setUp().open();
    expect(() => send('twice')).toThrow(/answered twice/);
  });
});

describe('the end of a connection', () => {
  test('bytes that are no request close it, after the replies before it', () => {
    const { world, open } = setUp();
    const { log, send, connection } = open();
    send('echo a', 'bad', 'echo b');
    expect(log).toEqual(['sent a', 'ended']);
    expect(connection.isOpen).toBe(false);
    send('echo c');
    expect(world.trace).toEqual([
      '0 broker 1 client 1 echo a',
      '0 broker 1 client 1 bad',
      '0 broker 1 client 1 disconnected',
    ]);
  });

  test('an impossible length closes it', () => {
    const { log, send } = setUp({ frameMaxBytes: 10 }).open();
    send('echo a', Buffer.from([0, 0, 0, 11]));
    expect(log).toEqual(['sent a', 'ended']);
  });

  test('an impossible length behind a request in progress closes it when its turn comes', () => {
    const { open, pass } = setUp();
    const { log, send } = open();
    send('wait 10 a', Buffer.from([255, 255, 255, 255]));
    expect(log).toEqual([]);
    pass(10);
    expect(log).toEqual(['sent a', 'ended']);
  });

  test('the door may ask for it', () => {
    const { log, send } = setUp().open();
    send('echo a', 'close', 'echo b');
    expect(log).toEqual(['sent a', 'ended']);
  });

  test('a bug of ours is not swallowed', () => {
    const { log, send } = setUp().open();
    expect(() => send('bug')).toThrow(/high watermark/);
    expect(log).toEqual([]);
  });

  test('a client that sends no more still gets what it asked for', () => {
    const { world, open, pass } = setUp();
    const { log, send, end } = open();
    send('wait 10 a', 'echo b', framed('echo never').subarray(0, 6));
    end();
    expect(log).toEqual([]);
    pass(10);
    expect(log).toEqual(['sent a, b', 'ended']);
    expect(world.trace.at(-1)).toBe('10 broker 1 client 1 disconnected');
  });

  test('a client that sends no more waits for its last reply', () => {
    const { open, pass } = setUp();
    const { log, send, end } = open();
    send('wait 10 a');
    end();
    expect(log).toEqual([]);
    pass(10);
    expect(log).toEqual(['sent a', 'ended']);
  });

  test('a client that sends no more after a request without reply is let go', () => {
    const { log, send, end } = setUp().open();
    send('silent');
    end();
    expect(log).toEqual(['ended']);
  });

  test('the death of its broker ends it at once; the door hears nothing of it', () => {
    const { world, entrance, open } = setUp();
    const one = open(1);
    const two = open(2);
    one.send('park a');
    entrance.operate('crash', 1);
    world.clock.settle();
    one.send('echo b');
    two.send('wake', 'echo c');
    expect(one.log).toEqual(['destroyed']);
    expect(two.log).toEqual(['sent woken, c']);
    expect(entrance.clients(1)).toEqual([]);
    expect(entrance.clients(2)).toEqual([two.connection.client]);
    expect(world.trace.join()).not.toContain('disconnected');
  });
});

describe('idle', () => {
  test('after its time a connection ends', () => {
    const { open, pass } = setUp({ idleMaxMs: 100 });
    const { log, send } = open();
    pass(90);
    send('echo a');
    pass(100);
    expect(log).toEqual(['sent a']);
    pass(1);
    expect(log).toEqual(['sent a', 'ended']);
  });

  test('who waits for a parked reply is idle, too, as in Kafka', () => {
    const { open, pass } = setUp({ idleMaxMs: 100 });
    const { log, send } = open();
    send('wait 500 a');
    pass(101);
    expect(log).toEqual(['ended']);
    pass(500);
    expect(log).toEqual(['ended']);
  });

  test('a reply counts, and so does every byte', () => {
    const { open, pass } = setUp({ idleMaxMs: 100 });
    const { log, send } = open();
    send('wait 80 a');
    pass(80);
    for (const byte of framed('echo b')) {
      pass(90);
      send(Buffer.from([byte]));
    }
    expect(log).toEqual(['sent a', 'sent b']);
  });

  test('never, when it is negative', () => {
    const { world, open, pass } = setUp({ idleMaxMs: -1 });
    const { log } = open();
    expect(world.clock.nextDeadline()).toBeUndefined();
    pass(1e12);
    expect(log).toEqual([]);
  });

  test('a connection that is over leaves no timer behind', () => {
    const { world, open } = setUp();
    const { close } = open();
    close();
    expect(world.clock.nextDeadline()).toBeUndefined();
  });
});

describe('backpressure', () => {
  test('while replies are stuck no request is handled; then they go on', () => {
    const { open } = setUp();
    const { wire, log, send, drain } = open();
    wire.room = false;
    send('echo a');
    send('echo b');
    expect(log).toEqual(['sent a']);
    wire.room = true;
    drain();
    expect(log).toEqual(['sent a', 'sent b']);
  });

  test('while replies are stuck a client can make us keep only so much', () => {
    const { open } = setUp();
    const { wire, log, send, drain } = open();
    wire.room = false;
    send('echo a');
    const request = framed(`echo ${'x'.repeat(40_000)}`);
    send(request);
    expect(log).toEqual(['sent a']);
    send(request);
    expect(log).toEqual(['sent a', 'paused']);
    wire.room = true;
    drain();
    expect(log).toEqual(['sent a', 'paused', 'resumed', 'sent 40000 bytes, 40000 bytes']);
  });

  test('while a request is in progress a client can make us keep only so much', () => {
    const { open, pass } = setUp();
    const { log, send } = open();
    send('wait 10 a', 'x'.repeat(70_000));
    expect(log).toEqual(['paused']);
    pass(10);
    expect(log).toEqual(['paused', 'sent a', 'ended']); // 'xxx…' is no request
  });

  test('a large request is taken whole although it is more than that', () => {
    const { log, send } = setUp().open();
    const request = framed(`echo ${'x'.repeat(1_000_000)}`);
    for (let at = 0; at < request.length; at += 65_536) send(request.subarray(at, at + 65_536));
    expect(log).toEqual(['sent 1000000 bytes']);
  });

  test('large replies leave before the next request is handled', () => {
    const { log, send } = setUp().open();
    send('big 600000', 'big 600000', 'big 600000', 'echo a');
    expect(log).toEqual(['sent 600000 bytes, 600000 bytes', 'sent 600000 bytes, a']);
  });

  test('a stuck connection that never reads is idle in the end', () => {
    const { open, pass } = setUp({ idleMaxMs: 100 });
    const { wire, log, send } = open();
    wire.room = false;
    send('echo a', 'echo b');
    pass(101);
    expect(log).toEqual(['sent a, b', 'ended']);
  });
});

describe('a broker that is paused', () => {
  test('answers what came meanwhile once it goes on, in order', () => {
    const { world, entrance, open } = setUp();
    const { log, send } = open();
    entrance.operate('pause', 1);
    send('echo a', 'echo b');
    expect(log).toEqual([]);
    entrance.operate('resume', 1);
    world.clock.settle();
    expect(log).toEqual(['sent a, b']);
  });

  test('lets clients connect, as its kernel does, and hears them later', () => {
    const { world, entrance, open } = setUp();
    entrance.operate('pause', 1);
    const { log, send } = open();
    send('echo a');
    expect(log).toEqual([]);
    entrance.operate('resume', 1);
    world.clock.settle();
    expect(log).toEqual(['sent a']);
  });

  test('reads no further than its buffers reach', () => {
    const { entrance, open } = setUp();
    const { log, send } = open();
    entrance.operate('pause', 1);
    for (let sent = 0; sent < 100; sent++) send(`echo ${'x'.repeat(1000)}`);
    expect(log).toEqual(['paused']);
  });
});

describe('the link between clients and a broker', () => {
  const toBroker = { from: 'clients', to: 1, plane: 'client' } as const;
  const toClients = { from: 1, to: 'clients', plane: 'client' } as const;

  test('that is slow takes its time in either direction', () => {
    const { world, open, pass } = setUp();
    world.network.setLink(toBroker, { latencyMs: 10 });
    world.network.setLink(toClients, { latencyMs: 5 });
    const { log, send } = open();
    send('echo a');
    pass(14);
    expect(log).toEqual([]);
    pass(1);
    expect(log).toEqual(['sent a']);
  });

  test('that is cut holds requests, and hands them over in order when it is mended', () => {
    const { world, open, pass } = setUp();
    world.network.setLink(toBroker, { cut: true });
    const { log, send } = open();
    send('echo a');
    send('echo b');
    pass(1000);
    expect(log).toEqual([]);
    world.network.heal();
    pass(0);
    expect(log).toEqual(['sent a, b']);
  });

  test('that is cut on the way back loses no work, only the answer', () => {
    const { world, open, pass } = setUp();
    world.network.setLink(toClients, { cut: true });
    const { log, send } = open();
    send('echo a');
    expect(world.trace).toContain('0 broker 1 client 1 echo a');
    expect(log).toEqual([]);
    world.network.heal();
    pass(0);
    expect(log).toEqual(['sent a']);
  });

  test('of one broker says nothing of the other', () => {
    const { world, open } = setUp();
    world.network.setLink(toBroker, { cut: true });
    const { log, send } = open(2);
    send('echo a');
    expect(log).toEqual(['sent a']);
  });

  test('lets the end of a connection come after what was sent before it', () => {
    const { world, open, pass } = setUp();
    world.network.setLink(toBroker, { latencyMs: 10 });
    world.network.setLink(toClients, { latencyMs: 10 });
    const { log, send, end } = open();
    send('echo a');
    end();
    pass(100);
    expect(log).toEqual(['sent a', 'ended']);
  });
});
