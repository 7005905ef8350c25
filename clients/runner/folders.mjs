import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ name: string, client: string, version: string, language: string, what: string,
 *   run: string[], lacks?: Record<string, string>, mayGiveUp?: string }} Program one run of one
 *   client; ../failover/README.md has the last
 * @typedef {{ name: string, path: string, needs: string[], apt: string[], prepare: string[][],
 *   programs: Program[], failover?: Program[] }} Folder a project of one package manager, as its
 *   client.json says; `failover` has the programs of ../failover
 */

/** @returns {Folder[]} every folder with a client.json, by name */
export function loadFolders(root) {
  return readdirSync(root)
    .sort()
    .map((name) => ({ name, path: join(root, name) }))
    .filter(({ path }) => existsSync(join(path, 'client.json')))
    .map(({ name, path }) => {
      const manifest = JSON.parse(readFileSync(join(path, 'client.json'), 'utf8'));
      return { needs: [], apt: [], prepare: [], ...manifest, name, path };
    });
}

/**
 * The folders with the programs that were asked for, by folder, program or client; all without
 * names. Throws for a name that fits nothing.
 *
 * @param {readonly Folder[]} folders
 * @param {readonly string[]} wanted
 * @returns {Folder[]}
 */
export function chooseFolders(folders, wanted) {
  if (wanted.length === 0) return [...folders];
  const unknown = wanted.filter(
    (name) => !folders.some((folder) => folder.programs.some((each) => fits(name, folder, each))),
  );
  if (unknown.length > 0) {
    const known = folders.flatMap(({ programs }) => programs.map(({ name }) => name)).join(' ');
    throw new Error(`no client is called ${unknown.join(', ')}; there are: ${known}`);
  }
  return folders
    .map((folder) => ({
      ...folder,
      programs: folder.programs.filter((each) => wanted.some((name) => fits(name, folder, each))),
    }))
    .filter(({ programs }) => programs.length > 0);
}

function fits(name, folder, program) {
  return [folder.name, program.name, program.client].includes(name);
}
