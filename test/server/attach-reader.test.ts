import { once } from 'node:events';
import type { Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { attachReader, createListener } from '../../src/server/attach-reader.ts';

async function listening(): Promise<Server> {
  const server = createListener().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return server;
}

const arrive = () => expect.fail('nobody comes');

test('the fast way is open on this version of Node', async () => {
  expect(attachReader(await listening(), { fast: true, arrive })).toBe('fast');
});

test('where the inside of Node is another, sockets read as sockets do', async () => {
  const server = await listening();
  const strange = Object.create(server, { _handle: { value: {} } });
  expect(attachReader(strange, { fast: true, arrive })).toBe('plain');
  expect(attachReader(server, { fast: false, arrive })).toBe('plain');
});
