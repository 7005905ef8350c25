import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './processes.mjs';

const limitMs = 30 * 60_000;

function isOnPath(command) {
  return process.env.PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Which of a folder's Debian packages are not installed; on another system it is not for us. */
function missingPackages({ apt }) {
  if (!isOnPath('dpkg')) return [];
  return apt.filter((name) => {
    const { stdout } = spawnSync('dpkg', ['-s', name], { encoding: 'utf8' });
    return !stdout.includes('Status: install ok installed');
  });
}

/** Installs the Debian packages that are missing, where we may. One call: apt has one lock. */
export async function installPackages(folders, log) {
  const packages = [...new Set(folders.flatMap(missingPackages))];
  if (packages.length === 0) return;
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args) => runCommand([...root, 'apt-get', '-qq', ...args], { log, limitMs });
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', ...packages);
}

/**
 * Installs and builds a folder. Resolves to undefined, or to `{ absent }` where a toolchain is not
 * there, or to `{ broken }` where a step failed.
 */
export async function prepare(folder, log) {
  const commands = folder.needs.filter((command) => !isOnPath(command));
  const missing = [...commands, ...missingPackages(folder)];
  if (missing.length > 0) return { absent: `there is no ${missing.join(', no ')} here` };
  for (const command of folder.prepare) {
    const { status } = await runCommand(command, { cwd: folder.path, log, limitMs });
    if (status !== 0) return { broken: `'${command.join(' ')}' failed; see ${log}` };
  }
  return undefined;
}
