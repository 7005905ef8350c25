import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { chooseFolders, loadFolders } from '../../clients/runner/folders.mjs';
import { renderClients } from '../../clients/runner/render.mjs';

const checks = { 'create-topic': 'creates', 'produce-zstd': 'zstd' };
const facts = { folder: 'f', client: 'kafka-go', version: '0.4.51', language: 'Go', what: 'Conn' };
const result = {
  ...{ ...facts, name: 'kafka-go', passed: ['create-topic', 'own'], failed: [], problems: [] },
  lacks: [{ check: 'produce-zstd', why: 'no codec' }],
  ...{ admin: 'deletes', used: [{ api: 'Fetch', versions: [2, 10] }] },
};
const here = { target: 'Odradek 0.1.0', results: [result] };
const failed = [{ check: 'create-topic', error: 'a|b' }];
const there = { target: 'Apache Kafka 4.3.1', results: [{ ...result, failed, passed: ['own'] }] };

const rowOf = (page: string) => page.split('\n').find((line) => line.startsWith('| [kafka-go]'));

test('a client has a row with the counts of both targets', () => {
  expect(rowOf(renderClients({ here, there, checks }))).toBe(
    '| [kafka-go](#kafka-go) | 0.4.51 | Go | Conn | 2 of 2 | 1 of 2 |',
  );
});

test('what was not run, or is absent, does not pass for green', () => {
  const absent = { ...here, results: [{ ...result, absent: 'there is no go here' }] };
  expect(rowOf(renderClients({ here: absent, checks }))).toMatch(/\| absent \| not run \|$/);
});

test('what fails says why, and where', () => {
  const page = renderClients({ here, there, checks });
  expect(page).toContain('* Apache Kafka 4.3.1: `create-topic` fails: a|b');
});

test('below, a client says what it lacks, what else it does and what it asked for', () => {
  const page = renderClients({ here, checks });
  expect(page).toContain(`### kafka-go

* kafka-go 0.4.51, [clients/f](../clients/f)
* lacks \`produce-zstd\`: no codec
* admin: deletes
* also: \`own\`
* APIs: Fetch 2, 10
`);
});

const root = fileURLToPath(new URL('../../clients', import.meta.url));

test('the manifests in clients/ are whole, and no two programs have one name', () => {
  const programs = loadFolders(root).flatMap((folder) => folder.programs);
  for (const { name, client, version, language, what, run } of programs) {
    expect(name).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
    for (const text of [client, version, language, what, ...run]) expect(text).not.toBe('');
  }
  const names = programs.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

test('clients are chosen by folder, program or client; a name that fits nothing is refused', () => {
  const folders = loadFolders(root);
  const names = (wanted: string[]) =>
    chooseFolders(folders, wanted).flatMap(({ programs }) => programs.map(({ name }) => name));
  expect(names(['sarama'])).toEqual(['sarama-default', 'sarama-2.8', 'sarama-max']);
  expect(names(['sarama-max', 'kafkajs'])).toEqual(['kafkajs', 'sarama-max']);
  expect(names([]).length).toBeGreaterThan(readdirSync(root).length / 2);
  expect(() => names(['sarma'])).toThrow(/no client is called sarma; there are: .*sarama-max/);
});
