import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { LateHttp } from '../../../src/server/admin/late-http.ts';

async function open() {
  const http = new LateHttp((request, response) => response.end(request.url));
  const listener = http.createListener().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(() => void listener.close());
  return { http, listener, port: (listener.address() as AddressInfo).port };
}

test('all who come at once are answered, before node:http is loaded', async () => {
  const { http, port } = await open();
  const asked = ['/a', '/b', '/c'].map((path) => fetch(`http://127.0.0.1:${port}${path}`));
  const texts = await Promise.all(asked.map(async (response) => (await response).text()));
  expect(texts).toEqual(['/a', '/b', '/c']);
  http.closeConnections();
});

test('closing ends a connection that says nothing', async () => {
  const { http, listener, port } = await open();
  const socket = connect(port, '127.0.0.1');
  await once(listener, 'connection');
  const closed = once(socket, 'close');
  http.closeConnections();
  listener.close();
  await Promise.all([closed, once(listener, 'close')]);
  expect(socket.destroyed).toBe(true);
});
