import { join } from 'node:path';

/** What vitest prints and, where `.ci/run` asks for reports, the file that it writes. */
export function reporters(name: string) {
  const folder = process.env.ODRADEK_REPORTS;
  if (folder === undefined) return ['default'];
  const outputFile = join(folder, `${name}.json`);
  return ['default', ['json', { outputFile }] as [string, { outputFile: string }]];
}
