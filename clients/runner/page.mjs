import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderSuites } from '../suites/render.mjs';
import { readSuites } from '../suites/results.mjs';
import { renderClients } from './render.mjs';

/** docs/CLIENTS.md, made of what lies in a folder of results: a part for each kind of run. */
export function renderPage(folder, checks) {
  const read = (name) => {
    const file = join(folder, `${name}.json`);
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  };
  const parts = [
    renderClients({ here: read('odradek'), there: read('apache-kafka'), checks }),
    renderSuites(readSuites(folder)),
  ];
  return parts.join('\n');
}
