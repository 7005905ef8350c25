import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { apis } from '../../src/protocol/messages/index.ts';
import type { Description, FieldDescription, Type } from '../../src/protocol/type.ts';
import { ZERO_UUID } from '../../src/protocol/types.ts';

// Writes docs/PROTOCOL.md from the message tables and the comments above them.

type AnyApi = (typeof apis)[keyof typeof apis];

const command = 'npx vitest run test/protocol/protocol-page.test.ts -u';
const folder = fileURLToPath(new URL('../../src/protocol/messages/', import.meta.url));

const kebab = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

/** What the comment above a table says: what it is for, and notes on versions. */
function commentOn({ name }: AnyApi): { purpose: string; notes: string } {
  const source = readFileSync(`${folder}${kebab(name)}.ts`, 'utf8');
  const comment = source.split(`export const ${name} = api(`)[0]!.split('/**').at(-1)!;
  const text = comment
    .replace('*/', '')
    .replace(/^ *\* ?/gm, '')
    .trim();
  const [purpose, notes = ''] = text
    .split('\n\n')
    .map((paragraph) => paragraph.replace(/\n/g, ' '));
  return { purpose: purpose!, notes };
}

const span = ([first, last]: readonly [number, number]) =>
  first === last ? `${first}` : `${first}–${last}`;

function overview(): string[] {
  const rows = Object.values(apis).map((api) => {
    const { purpose, notes } = commentOn(api);
    const served = span(api.versions);
    const advertised = span(api.advertised);
    const kips = [...new Set(`${purpose} ${notes}`.match(/KIP-\d+/g))]
      .map((kip) => kip.slice(4))
      .sort((a, b) => Number(a) - Number(b));
    return [
      `[${api.name}](#${api.name.toLowerCase()})`,
      `${api.key}`,
      served === advertised ? served : `${served} (advertised ${advertised})`,
      api.flexible === Infinity ? 'never' : `${api.flexible}`,
      kips.join(', '),
    ];
  });
  const head = ['API', 'key', 'versions', 'flexible from', 'KIPs'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function typeName(description: Description): string {
  switch (description.kind) {
    case 'nullable': {
      const from = description.first > 0 ? ` (${description.first}+)` : '';
      return `${typeName(description.of)} or null${from}`;
    }
    case 'array':
      return `[]${description.of.kind === 'struct' ? '' : typeName(description.of)}`;
    case 'struct':
      return '{}';
    default:
      return description.kind;
  }
}

function childrenOf(description: Description): readonly FieldDescription[] {
  switch (description.kind) {
    case 'nullable':
    case 'array':
      return childrenOf(description.of);
    case 'struct':
      return description.fields;
    default:
      return [];
  }
}

function valueText(value: unknown): string {
  if (value === ZERO_UUID) return 'zero';
  if (value instanceof Uint8Array) return '[]';
  if (value === 2 ** 63) return '2⁶³ − 1';
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

function fieldLines(fields: readonly FieldDescription[], depth: number): string[] {
  return fields.flatMap(({ name, type, first, last, absent, tag }) => {
    const versions =
      last < Infinity ? `${span([first, last])}` : first > 0 || tag !== null ? `${first}+` : '';
    const implied = ['0', "''", 'false', '[]', 'zero'].includes(valueText(absent));
    const isRecords = typeName(type).startsWith('records');
    const notes = [
      versions,
      tag === null ? '' : `tag ${tag}`,
      implied || isRecords ? '' : `default ${valueText(absent)}`,
    ].filter((note) => note !== '');
    const left = `${'  '.repeat(depth)}${name}`.padEnd(40);
    return [
      `${left} ${typeName(type).padEnd(22)} ${notes.join(', ')}`.trimEnd(),
      ...fieldLines(childrenOf(type), depth + 1),
    ];
  });
}

function fieldBlock(side: string, type: Type<unknown>): string[] {
  const fields = childrenOf(type.description);
  return ['```', side, ...fieldLines(fields, 1), '```'];
}

function section(api: AnyApi): string[] {
  const { purpose, notes } = commentOn(api);
  return [
    ...['', `## ${api.name}`, '', purpose],
    ...(notes === '' ? [] : ['', `Versions: ${notes}.`]),
    ...['', ...fieldBlock('request', api.requestType)],
    ...['', ...fieldBlock('response', api.responseType)],
  ];
}

function protocolPage(): string {
  return [
    '# Protocol',
    '',
    `Generated from \`src/protocol/messages\` by \`${command}\`; do not edit.`,
    '',
    'Every version that Apache Kafka 4.3.1 serves is served. A field stands with the versions',
    'that carry it (none given: all) and its default (none given: 0, empty, false): what is read',
    'where the version does not carry it. A value written at such a version is dropped, without',
    'an error. A tagged field is sent when it differs from its default; a tagged struct that is',
    'not sent is null.',
    '',
    ...overview(),
    ...Object.values(apis).flatMap(section),
    '',
  ].join('\n');
}

test('docs/PROTOCOL.md is up to date', async () => {
  await expect(protocolPage(), `out of date: ${command}`).toMatchFileSnapshot(
    '../../docs/PROTOCOL.md',
  );
});
