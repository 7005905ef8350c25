import type { TextFile } from './project.ts';

/** A few small projects: `clean` breaks no rule; each of `dirty` breaks its rule exactly once. */
interface Planted {
  readonly clean: readonly TextFile[];
  readonly dirty: readonly { readonly files: readonly TextFile[]; readonly finding: string }[];
}

const file = (path: string, text: string): TextFile => ({ path, text });
const lines = (count: number, line: string): string => `${line}\n`.repeat(count);

/** One clean file, and texts which, put in the same place, are each found with the words given. */
function inOneFile(path: string, clean: string, dirty: Readonly<Record<string, string>>): Planted {
  return {
    clean: [file(path, clean)],
    dirty: Object.entries(dirty).map(([text, finding]) => ({ files: [file(path, text)], finding })),
  };
}

const segment = file('src/log/segment.ts', 'export const segment = 1;');
const index = file('src/index.ts', "import { segment } from './log/segment.ts';\nsegment;");
const ownTest = file(
  'test/log/segment.test.ts',
  "import { segment } from '../../src/log/segment.ts';",
);

const floors: Readonly<Record<string, Planted>> = {
  'imports go down': inOneFile('src/log/segment.ts', "import { assert } from '../assert.ts';", {
    "import { a } from '../attic/a.ts';": "'log' may not import src/attic/a.ts",
    "import { a } from '../broker/broker.ts';": "'log' may not import src/broker/broker.ts",
    "import type { A } from '../replication/isr.ts';": 'imports go down only',
    "type A = import('../server/pacemaker.ts').Pacemaker;": 'imports go down only',
    "export * from '../index.ts';": "'log' may not import src/index.ts",
  }),
  'no packages below the server': inOneFile(
    'src/protocol/records/compression.ts',
    "import { gunzipSync } from 'node:zlib';",
    {
      "import { createHash } from 'node:crypto';": "'node:crypto' below src/server",
      "import { Kafka } from 'kafkajs';": "'kafkajs' below src/server",
      "import { Decompress } from 'fzstd';": "'fzstd' below src/server",
    },
  ),
  'no world below the server': inOneFile(
    'src/broker/broker.ts',
    'const settings = { process: 1, Date: 2 };\nconst { performance } = settings;\nperformance;',
    {
      'async function a() {}': 'async: events run to completion',
      'let a: Promise<void>;': 'Promise: events run',
      'setTimeout(() => {}, 1);': 'setTimeout: take the Clock',
      'const now = Date.now();': 'Date: take the Clock',
      'const now = new Date();': 'Date: take the Clock',
      'const now = performance.now();': 'performance: take the Clock',
      'const a = Math.random();': 'Math.random: take a stream of Random',
      'queueMicrotask(f);': 'queueMicrotask: events run',
      'const a = process.env;': 'process: read it in src/cli or src/server',
    },
  ),
};

const sizes: Readonly<Record<string, Planted>> = {
  'files are short': inOneFile('src/a.ts', lines(500, '// line'), {
    [lines(501, '// line')]: '501 lines, at most 500',
  }),
  'functions are short': inOneFile(
    'test/a.test.ts',
    `describe('a', () => {\n${lines(90, '//')}});\nfunction f() {\n${lines(68, '//')}}`,
    { [`class A {\n  f() {\n${lines(69, '    // line')}  }\n}`]: 'function of 71 lines' },
  ),
  'lines are short': inOneFile('src/a.ts', 'x'.repeat(100), { ['x'.repeat(101)]: '101 columns' }),
};

const exported: Readonly<Record<string, Planted>> = {
  'no dead exports': {
    clean: [segment, index, ownTest],
    dirty: [
      { files: [segment, ownTest], finding: "nobody imports 'segment'" },
      {
        files: [file('src/log/segment.ts', 'export const segment = 1, spare = 2;'), index],
        finding: "nobody imports 'spare'",
      },
      {
        files: [file('src/log/segment.ts', `${segment.text}\nexport interface Spare {}`), index],
        finding: "nobody imports 'Spare'",
      },
    ],
  },
  'no dead files': {
    clean: [
      ...[segment, index, ownTest, file('src/log/lz4js.d.ts', '')],
      ...[file('test/build.ts', ''), file('vitest.config.ts', "setup('./test/build.ts');")],
    ],
    dirty: [
      { files: [segment, ownTest], finding: 'src/log/segment.ts:1 nothing imports this file' },
      { files: [file('test/helper.ts', ''), index, segment], finding: 'test/helper.ts:1' },
    ],
  },
  'no default exports': {
    clean: [file('vitest.config.ts', 'export default {};'), segment],
    dirty: [
      { files: [file('src/a.ts', 'export default {};')], finding: 'give it a name' },
      { files: [file('src/a.ts', 'export default class A {}')], finding: 'give it a name' },
    ],
  },
  'no barrels': {
    clean: [file('src/index.ts', "export { segment } from './log/segment.ts';")],
    dirty: [
      { files: [file('src/log/index.ts', "export * from './segment.ts';")], finding: 're-export' },
    ],
  },
};

const habits: Readonly<Record<string, Planted>> = {
  'names are kebab-case': {
    clean: [file('src/partition-log.ts', ''), file('test/a.test.ts', ''), file('LICENSE', '')],
    dirty: ['src/PartitionLog.ts', 'src/log/partition_log.ts', 'test/partitionLog.test.ts'].map(
      (path) => ({ files: [file(path, '')], finding: path }),
    ),
  },
  'no switched tests': inOneFile('test/a.test.ts', "test.skipIf(noKafka)('a', f);\nlist.skip(1);", {
    "test.only('a', f);": '.only: mend the test',
    "describe.skip('a', f);": '.skip: mend the test',
    "it.concurrent.todo('a');": '.todo: mend the test',
  }),
  'no sleeps in tests': inOneFile('test/a.test.ts', 'clock.advanceTo(5);\nawait once(socket);', {
    'setTimeout(f, 5);': 'setTimeout in a test',
    'await sleep(5);': 'sleep in a test',
    'globalThis.setTimeout(f, 5);': 'globalThis.setTimeout in a test',
    'delay(100);': 'delay in a test',
    "import { scheduler } from 'node:timers/promises';": 'timers in a test',
    'Atomics.wait(a, 0, 0, 5);': 'Atomics.wait in a test',
  }),
  'no escape hatches': inOneFile('src/a.ts', 'let a: unknown;\n// as anyone would', {
    'let a: any;': 'any: say what it is',
    'f(a as any);': 'any: say what it is',
    [`/${'/'} @ts-expect-error why not`]: '@ts-expect-error: mend',
    [`/${'/'} biome-ignore lint: no`]: 'biome-ignore: mend',
  }),
};

const texts: Readonly<Record<string, Planted>> = {
  'no registry hosts': {
    clean: [file('package-lock.json', '{ "version": "1.0.0" }')],
    dirty: [
      { files: [file('.npmrc', `registry=https://npm.pypi${'.'}org/`)], finding: 'machine' },
      {
        files: [file('package-lock.json', `"${'resolved'}": "https://a.example/a.tgz"`)],
        finding: 'resolved address',
      },
    ],
  },
  'no leftovers': inOneFile('src/a.ts', '// the list of things todo is in the issues', {
    [`// TO${'DO'}: later`]: 'do it, or open an issue',
    [`// FIX${'ME'} now`]: 'do it, or open an issue',
  }),
  'pages have one title': inOneFile('docs/a.md', '# A\n\n## B\n\n```sh\n# no title\n```\n', {
    '## A\n': '0 titles',
    '# A\n\n# B\n': '2 titles',
  }),
  'links lead': {
    clean: [
      file(
        'docs/a.md',
        '# A\n[b](b.md) [b](../docs/b.md#why-is-it) [self](#a) [web](https://x.example)',
      ),
      file('docs/b.md', '# B\n\n## Why `is` it?\n'),
    ],
    dirty: [
      { files: [file('a.md', '# A\n[b](b.md)')], finding: 'there is no b.md' },
      { files: [file('a.md', '# A\n[b](#nowhere)')], finding: 'no such heading' },
    ],
  },
};

export const planted: Readonly<Record<string, Planted>> = {
  ...floors,
  ...sizes,
  ...exported,
  ...habits,
  ...texts,
};
