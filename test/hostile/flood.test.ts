import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Random } from '../../src/simulation/random.ts';
import { framed } from '../server/framed.ts';
import { memoryAfterGc } from './fuzz/memory.ts';
import { startTarget } from './target.ts';

const mebibyte = 1 << 20;

/** Ten thousand, or as many as this process may have open files for. */
function affordableConnections(): number {
  const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? 10_000 : Math.min(10_000, Number(limit) - 1000);
}

/** Another process, because each end of a connection is an open file. */
async function openHalf(port: number, count: number) {
  const script = fileURLToPath(new URL('half-open-clients.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, String(port), String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  return {
    opened: Number(line),
    async close() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

test('ten thousand half-open connections cost little, and nobody else notices', async () => {
  const count = affordableConnections();
  const { port, startBystander } = await startTarget();
  const bystander = await startBystander();
  await bystander.check();
  const before = memoryAfterGc();
  const clients = await openHalf(port, count);
  expect(clients.opened).toBe(count);
  const last = await startBystander(); // connections are accepted in their order
  await last.check();
  const grown = memoryAfterGc() - before;
  await bystander.check();
  console.log(`${count} half-open connections, ${Math.round(grown / count)} bytes each`);
  expect(grown / count).toBeLessThan(8192);
  await clients.close();
  while (memoryAfterGc() - before > 4 * mebibyte) await bystander.check(); // or the test times out
  bystander.close();
  last.close();
});

test('a thousand claims of 100 MiB cost what was sent of them', async () => {
  const { connect, startBystander } = await startTarget();
  const bystander = await startBystander();
  await bystander.check();
  const before = memoryAfterGc();
  const claim = Buffer.alloc(4 + 1000);
  claim.writeInt32BE(100 * mebibyte);
  const clients = await Promise.all(Array.from({ length: 1000 }, () => connect()));
  for (const client of clients) client.send(claim);
  for (let round = 0; round < 20; round++) await bystander.check();
  // Both ends of every connection are in this process.
  expect(memoryAfterGc() - before).toBeLessThan(16 * mebibyte);
  for (const client of clients) client.close();
  bystander.close();
});

test('a hundred connections of noise close, and nobody else notices', async () => {
  const { connect, startBystander } = await startTarget();
  const bystander = await startBystander();
  const random = new Random(20_261_121);
  const clients = await Promise.all(Array.from({ length: 100 }, () => connect()));
  for (const client of clients) {
    const noise = Buffer.from(random.bytes(1 + random.below(5000)));
    client.send(random.below(2) === 0 ? noise : framed(noise));
    await bystander.check();
  }
  for (const client of clients) client.socket.end();
  for (const client of clients) {
    while ((await client.nextFrame()) !== undefined) await bystander.check();
  }
  await bystander.check();
  bystander.close();
});

test('a client that asks and never reads is not answered for ever', async () => {
  const { connect, startBystander } = await startTarget();
  const [greedy, bystander] = [await connect(), await startBystander()];
  greedy.socket.pause();
  const before = memoryAfterGc();
  // DescribeConfigs of a broker: a small question with a large answer.
  const question = Buffer.from(
    '00200001000000070007686f7374696c650000000104000131ffffffff01',
    'hex',
  );
  const curious = await connect();
  curious.send(framed(question));
  expect((await curious.nextFrame())?.length).toBeGreaterThan(10_000);
  curious.close();
  const questions = Buffer.concat(Array.from({ length: 5000 }, () => framed(question)));
  greedy.send(questions);
  for (let round = 0; round < 200; round++) await bystander.check();
  expect(memoryAfterGc() - before).toBeLessThan(32 * mebibyte);
  greedy.close();
  bystander.close();
});
