import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author?: string | { readonly name: string };
}

function notice(name: string): string {
  const folder = `node_modules/${name}`;
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Manifest;
  const { version, license, author = 'its authors' } = manifest;
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const holder = typeof author === 'string' ? author : author.name;
  const text =
    file === undefined
      ? `Copyright ${holder}. Licensed under ${license}; the package brings no licence file.`
      : readFileSync(`${folder}/${file}`, 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/** Writes the licences of the libraries whose code is part of dist. */
export function writeNotices(names: readonly string[]): void {
  const rule = `\n${'-'.repeat(80)}\n\n`;
  const head = 'Odradek contains code of these libraries.\n';
  writeFileSync('dist/THIRD_PARTY_NOTICES', [head, ...names.map(notice)].join(rule));
}
