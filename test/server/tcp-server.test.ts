import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { framed } from './framed.ts';
import { RawClient } from './raw-client.ts';
import { startToyCluster } from './toy-cluster.ts';

const hasIpv6 = await new Promise<boolean>((resolve) => {
  const probe = net.createServer();
  probe.once('error', () => resolve(false));
  probe.listen(0, '::1', () => probe.close(() => resolve(true)));
});

describe.each([
  ['one reused read buffer', true],
  ['plain reads', false],
])('TcpServer with %s', (_, fastReads) => {
  test('answers requests however they are cut', async () => {
    const { connect } = await startToyCluster({ fastReads });
    const client = await connect();
    expect(await client.ask('echo whole')).toBe('whole');
    for (const byte of framed('echo dripped')) {
      client.send(Buffer.from([byte]));
      await new Promise((done) => setImmediate(done));
    }
    expect(await client.next()).toBe('dripped');
    const large = 'x'.repeat(3_000_000);
    client.send(`echo ${large}`, 'echo after');
    expect(await client.next()).toBe(large);
    expect(await client.next()).toBe('after');
  });

  test('keeps a thousand pipelined requests of each of many clients in order', async () => {
    const { connect } = await startToyCluster({ fastReads });
    const clients = await Promise.all(Array.from({ length: 8 }, () => connect()));
    const numbers = Array.from({ length: 1000 }, (_, i) => i);
    const asked = (i: number) => (i % 100 === 7 ? `wait 1 ${i}` : `echo ${i}`);
    for (const client of clients) client.send(...numbers.map(asked));
    for (const client of clients) {
      for (const i of numbers) expect(await client.next()).toBe(String(i));
    }
  });

  test('one that speaks nonsense is let go, the others work on', async () => {
    const { connect } = await startToyCluster({ fastReads });
    const [one, two] = [await connect(), await connect()];
    one.send('GET / HTTP/1.1');
    expect(await one.next()).toBeUndefined();
    expect(await two.ask('echo still here')).toBe('still here');
  });

  test('one that is reset is gone, the others work on', async () => {
    const { connect, world, entrance } = await startToyCluster({ fastReads });
    const [one, two] = [await connect(), await connect()];
    one.send('park a');
    await two.ask('echo x');
    one.socket.resetAndDestroy();
    while (entrance.clients(1).length > 1) await two.ask('echo x');
    expect(await two.ask('wake')).toBe('woken');
    expect(world.trace.join('\n')).toContain('client 1 disconnected');
  });

  test('one that sends no more is answered, then let go', async () => {
    const { connect } = await startToyCluster({ fastReads });
    const client = await connect();
    client.send('wait 20 a', 'echo b');
    client.socket.end();
    expect(await client.next()).toBe('a');
    expect(await client.next()).toBe('b');
    expect(await client.next()).toBeUndefined();
  });

  test('one that does not read stops being served, and is served on when it reads', async () => {
    const { connect, world, entrance } = await startToyCluster({ fastReads });
    const slow = await connect();
    const other = await connect();
    slow.socket.pause();
    const count = 200; // of a MiB each: far more than the kernel takes
    slow.send(...Array.from({ length: count }, () => 'big 1048576'));
    for (let i = 0; i < 20; i++) expect(await other.ask('echo works')).toBe('works');
    const handled = () => world.trace.filter((line) => line.includes('big')).length;
    expect(handled()).toBeLessThan(50);
    slow.socket.resume();
    for (let i = 0; i < count; i++) expect((await slow.nextFrame())?.length).toBe(1_048_576);
    expect(handled()).toBe(count);
    expect(entrance.clients(1)).toHaveLength(2);
  });

  test('one that writes without end while it waits is no longer read', async () => {
    const { connect } = await startToyCluster({ fastReads });
    const [writer, other] = [await connect(), await connect()];
    writer.send('park a');
    const megabytes = 100;
    for (let i = 0; i < megabytes; i++) writer.send(`silent ${'x'.repeat(1 << 20)}`);
    for (let i = 0; i < 20; i++) expect(await other.ask('echo works')).toBe('works');
    expect(writer.socket.writableLength).toBeGreaterThan((megabytes / 2) * (1 << 20));
    expect(await other.ask('wake')).toBe('woken');
    writer.send('echo b');
    expect(await writer.next()).toBe('a');
    expect(await writer.next()).toBe('b');
  });

  test('a suspended broker is a dead process: refused, cut off, then there again', async () => {
    const { connect, server, pacemaker, entrance } = await startToyCluster({ fastReads });
    const client = await connect();
    await client.ask('echo x');
    const { port } = server;
    pacemaker.perform(() => entrance.operate('crash', 1));
    server.suspend();
    expect(await client.next()).toBeUndefined();
    await expect(connect()).rejects.toThrow(/ECONNREFUSED/);
    await server.listen();
    pacemaker.perform(() => entrance.operate('restart', 1));
    expect(server.port).toBe(port);
    expect(await (await connect()).ask('echo back')).toBe('back');
  });

  test('close ends all and says who was there', async () => {
    const { connect, server } = await startToyCluster({ fastReads });
    const clients = await Promise.all([connect(), connect()]);
    for (const client of clients) await client.ask('echo x');
    clients[0]!.send('park a');
    expect(await server.close()).toEqual([
      { connectionId: 1, host: '127.0.0.1' },
      { connectionId: 2, host: '127.0.0.1' },
    ]);
    expect(await clients[0]!.next()).toBeUndefined();
    expect(await server.close()).toEqual([]);
  });

  test('beyond max.connections newcomers wait their turn, as in Kafka', async () => {
    const { connect } = await startToyCluster({ fastReads, limits: { connectionsMax: 2 } });
    const [one, two, three, four] = [
      await connect(),
      await connect(),
      await connect(),
      await connect(),
    ];
    const answers: string[] = [];
    const listen = async (client: RawClient, name: string) => {
      client.send('echo x');
      if ((await client.next()) === 'x') answers.push(name);
    };
    await listen(one, 'one');
    await listen(two, 'two');
    const third = listen(three, 'three');
    const fourth = listen(four, 'four');
    for (let i = 0; i < 20; i++) expect(await two.ask('echo works')).toBe('works');
    expect(answers).toEqual(['one', 'two']);
    one.close();
    await third;
    expect(answers).toEqual(['one', 'two', 'three']);
    two.close();
    await fourth;
    expect(answers).toEqual(['one', 'two', 'three', 'four']);
  });

  test('beyond max.connections.per.ip newcomers are refused', async () => {
    const { connect } = await startToyCluster({ fastReads, limits: { connectionsPerHostMax: 1 } });
    const one = await connect();
    expect(await one.ask('echo x')).toBe('x');
    expect(await (await connect()).ask('echo x')).toBeUndefined();
    one.close();
    await once(one.socket, 'close');
    let again: string | undefined;
    while (again === undefined) again = await (await connect()).ask('echo x');
  });
});

describe('where it listens', () => {
  test.runIf(hasIpv6)('localhost is both loopback addresses, on one port', async () => {
    for (const host of [undefined, 'localhost']) {
      const { server } = await startToyCluster(host === undefined ? {} : { host });
      for (const address of ['127.0.0.1', '::1']) {
        const client = await RawClient.connect(server.port, address);
        expect(await client.ask('echo x')).toBe('x');
      }
    }
  });

  test('a given address is that address alone', async () => {
    const { server, connect } = await startToyCluster({ host: '127.0.0.1' });
    expect(await (await connect()).ask('echo x')).toBe('x');
    await expect(RawClient.connect(server.port, '::1')).rejects.toThrow();
  });

  test.each(['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])])(
    'a port in use at %s is said to be',
    async (address) => {
      const taken = net.createServer();
      await new Promise<void>((done) => void taken.listen(0, address, done));
      const { port } = taken.address() as net.AddressInfo;
      const start = startToyCluster({ port });
      await expect(start).rejects.toMatchObject({
        code: 'E_PORT_IN_USE',
        message: expect.stringMatching(new RegExp(`${port} is in use`)),
      });
      taken.close();
      await once(taken, 'close');
      expect((await startToyCluster({ port })).server.port).toBe(port); // nothing was left behind
    },
  );

  test('an address that is not ours is said to be', async () => {
    await expect(startToyCluster({ host: '203.0.113.1' })).rejects.toMatchObject({
      code: 'E_CANNOT_LISTEN',
    });
  });
});
