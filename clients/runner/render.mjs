import { table } from './markdown.mjs';

/**
 * What real clients do on Odradek, and on Apache Kafka as far as it was asked: `here` and `there`.
 *
 * @typedef {import('./result.mjs').Result} Result
 * @typedef {{ target: string, results: Result[] }} Side
 * @param {{ here?: Side, there?: Side, checks: Readonly<Record<string, string>> }} all
 */
export function renderClients({ here, there, checks }) {
  const results = (here ?? there)?.results ?? [];
  const row = (result) => [
    `[${result.client}](#${result.name.replaceAll('.', '')})`,
    ...[result.version, result.language, result.what],
    ...[here, there].map((side) => count(side, result.name)),
  ];
  const targets = [here?.target ?? 'Odradek', there?.target ?? 'Apache Kafka'];
  return [
    '# Clients',
    '',
    'Real clients, unmodified, as their package managers install them. Each is driven by a small program',
    'in [clients/](../clients/README.md), on three brokers; it compares what it reads with what it wrote.',
    '`npm run clients` writes this page, and `npm run clients -- --real` its column on Apache Kafka. A',
    'cell says how many of the checks have passed that the client has.',
    '',
    ...table(['client', 'version', 'language', 'what was run', ...targets], results.map(row)),
    '',
    '## The checks',
    '',
    ...Object.entries(checks).map(([name, meaning]) => `* \`${name}\`: ${meaning}`),
    '',
    '## What each one did',
    '',
    'The APIs are those that the brokers of Odradek served to it, with their versions.',
    '',
    ...results.flatMap((result) => section(result, there, checks)),
  ].join('\n');
}

const named = (side, name) => side?.results.find((each) => each.name === name);

function count(side, name) {
  const result = named(side, name);
  if (result === undefined) return 'not run';
  if (result.absent !== undefined) return 'absent';
  const { passed, failed, problems } = result;
  const of = `${passed.length} of ${passed.length + failed.length}`;
  return problems.length === 0 ? of : `${of}, and fails`;
}

function section(result, there, checks) {
  const { name, folder, client, version, lacks, passed, admin, used = [] } = result;
  const own = passed.filter((check) => !(check in checks));
  const lines = [
    `${client} ${version}, [clients/${folder}](../clients/${folder})`,
    ...wrongs(result),
    ...wrongs(named(there, name)).map((wrong) => `${there.target}: ${wrong}`),
    ...lacks.map(({ check, why }) => `lacks \`${check}\`: ${why}`),
    ...(admin === undefined ? [] : [`admin: ${admin}`]),
    ...(own.length === 0 ? [] : [`also: ${own.map((check) => `\`${check}\``).join(', ')}`]),
    ...(used.length === 0 ? [] : [`APIs: ${used.map(versions).join(' · ')}`]),
  ];
  return [`### ${name}`, '', ...lines.map((line) => `* ${line}`), ''];
}

function wrongs({ failed = [], problems = [] } = {}) {
  const lines = failed.map(({ check, error }) => `\`${check}\` fails: ${error.split('\n')[0]}`);
  return [...lines, ...problems];
}

function versions({ api, versions: of }) {
  return `${api} ${of.join(', ')}`;
}
