import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * docs/CLIENTS.md, made of what lies in a folder of results.
 *
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} checks
 */
export function renderPage(folder, checks) {
  const read = (name) => {
    const file = join(folder, `${name}.json`);
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  };
  return `${renderClients({ here: read('odradek'), there: read('apache-kafka'), checks })}`;
}

/**
 * @typedef {import('./result.mjs').Result} Result
 * @param {{ here?: { target: string, results: Result[] },
 *   there?: { target: string, results: Result[] }, checks: Readonly<Record<string, string>> }} all
 */
export function renderClients({ here, there, checks }) {
  const main = here ?? there;
  const results = main?.results ?? [];
  const named = (side, name) => side?.results.find((each) => each.name === name);
  const row = (result) => [
    `[${result.client}](#${result.name})`,
    result.version,
    result.language,
    result.what,
    count(named(here, result.name)),
    count(named(there, result.name)),
  ];
  const titles = [here?.target ?? 'Odradek', there?.target ?? 'Apache Kafka'];
  return [
    '# Clients',
    '',
    'Real clients, unmodified, from their own package managers. `npm run clients` writes this page:',
    'each program of [clients/](../clients/README.md) runs on three brokers of its own and compares',
    'what it reads with what it wrote. `npm run clients -- --real` runs the same on Apache Kafka.',
    '',
    ...table(['client', 'version', 'language', 'what was run', ...titles], results.map(row)),
    '',
    '## The checks',
    '',
    ...Object.entries(checks).map(([name, meaning]) => `* \`${name}\`: ${meaning}.`),
    '',
    '## Each client',
    '',
    'The versions of each API are those that the brokers of Odradek saw.',
    '',
    ...results.flatMap((result) => [...section(result, checks), '']),
  ].join('\n');
}

function count(result) {
  if (result === undefined) return 'not run';
  if (result.absent !== undefined) return 'absent';
  const { passed, failed, problems } = result;
  const said = `${passed.length} of ${passed.length + failed.length} checks`;
  return problems.length === 0 ? said : `${said}, ${problems.join('; ')}`;
}

function section({ name, client, version, lacks, passed, failed, admin, used }, checks) {
  const own = passed.filter((check) => !(check in checks));
  const lines = [
    ...failed.map(({ check, error }) => `Failed: \`${check}\`: ${error}`),
    ...lacks.map(({ check, why }) => `Lacks \`${check}\`: ${why}`),
    admin === undefined ? '' : `Admin: ${admin}`,
    own.length === 0 ? '' : `Also: ${own.map((check) => `\`${check}\``).join(', ')}`,
    used === undefined ? '' : `APIs: ${used.map(versions).join(' · ')}`,
  ];
  const said = lines.filter((line) => line !== '').map((line) => `* ${line}`);
  return [`### ${name}`, '', `${client} ${version}`, '', ...said];
}

function versions({ api, versions: of }) {
  return `${api} ${of.join(', ')}`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
