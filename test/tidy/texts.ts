import { posix } from 'node:path';
import type { Project, Rule, TextFile } from './project.ts';

/** Joined here so that this file does not find itself. */
const hosts = [
  ['npmjs', 'org'],
  ['npmjs', 'com'],
  ['yarnpkg', 'com'],
  ['maven', 'org'],
  ['repo.maven.apache', 'org'],
  ['pypi', 'org'],
  ['pythonhosted', 'org'],
  ['proxy.golang', 'org'],
  ['crates', 'io'],
].map((parts) => parts.join('.'));
const leftovers = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'];

function overLines(project: Project, see: (line: string) => string | undefined): string[] {
  return project.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const finding = see(line);
      return finding === undefined ? [] : [`${path}:${index + 1} ${finding}`];
    }),
  );
}

/** Where packages come from is the business of the machine that installs them. */
export const noRegistryHosts: Rule = (project) =>
  overLines(project, (line) => {
    const host = hosts.find((each) => line.includes(each));
    if (host !== undefined) return `${host}: leave the registry to the machine's own settings`;
    return /"resolved":\s*"https?:/.test(line) ? 'a resolved address in the lock file' : undefined;
  });

/** What is left to do stands in an issue, not in the code. */
export const noLeftovers: Rule = (project) =>
  overLines(project, (line) => {
    const mark = leftovers.find((each) => new RegExp(`\\b${each}\\b`).test(line));
    return mark === undefined ? undefined : `${mark}: do it, or open an issue`;
  });

const isPage = ({ path }: TextFile): boolean => path.endsWith('.md');
const prose = ({ text }: TextFile): string =>
  text.replace(/^(```|~~~)[\s\S]*?^\1/gm, (block) => block.replace(/[^\n]/g, ''));
const headings = (page: TextFile): string[] =>
  [...prose(page).matchAll(/^#+\s+(.*)$/gm)].map((match) => match[1]!);

export const pagesHaveOneTitle: Rule = (project) =>
  project.filter(isPage).flatMap((page) => {
    const titles = [...prose(page).matchAll(/^# /gm)].length;
    return titles === 1 ? [] : [`${page.path}:1 ${titles} titles (h1): a page has one`];
  });

/** As the usual renderers make it: lower case, punctuation gone, a dash per space. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** Relative links of pages lead to a file that is there, and to a heading that is in it. */
export const linksLead: Rule = (project) => {
  const byPath = new Map(project.map((file) => [file.path, file]));
  const exists = (path: string) =>
    byPath.has(path) || project.some((file) => file.path.startsWith(`${path}/`));
  return project.filter(isPage).flatMap((page) =>
    [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
      if (/^[a-z]+:/.test(link!)) return [];
      const [path, anchor] = link!.split('#') as [string, string | undefined];
      const target =
        path === '' ? page.path : posix.join(posix.dirname(page.path), path).replace(/\/$/, '');
      if (!exists(target)) return [`${page.path}:1 link to ${link}: there is no ${target}`];
      const file = byPath.get(target);
      if (anchor === undefined || file === undefined || !isPage(file)) return [];
      const found = headings(file).some((heading) => anchorOf(heading) === anchor);
      return found ? [] : [`${page.path}:1 link to ${link}: ${target} has no such heading`];
    }),
  );
};
