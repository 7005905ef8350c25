import { noBarrels, noDeadExports, noDeadFiles, noDefaultExports } from './exports.ts';
import { importsGoDown, noPackagesBelowServer, noWorldBelowServer } from './floors.ts';
import { namesAreKebabCase, noEscapeHatches, noSleepsInTests, noSwitchedTests } from './habits.ts';
import type { Rule } from './project.ts';
import { filesAreShort, functionsAreShort, linesAreShort } from './sizes.ts';
import { linksLead, noLeftovers, noRegistryHosts, pagesHaveOneTitle } from './texts.ts';

/** The house rules by the names under which docs/STYLE.md explains them. */
export const rules: Readonly<Record<string, Rule>> = {
  'imports go down': importsGoDown,
  'no packages below the server': noPackagesBelowServer,
  'no world below the server': noWorldBelowServer,
  'files are short': filesAreShort,
  'functions are short': functionsAreShort,
  'lines are short': linesAreShort,
  'no dead exports': noDeadExports,
  'no dead files': noDeadFiles,
  'no default exports': noDefaultExports,
  'no barrels': noBarrels,
  'names are kebab-case': namesAreKebabCase,
  'no switched tests': noSwitchedTests,
  'no sleeps in tests': noSleepsInTests,
  'no escape hatches': noEscapeHatches,
  'no registry hosts': noRegistryHosts,
  'no leftovers': noLeftovers,
  'pages have one title': pagesHaveOneTitle,
  'links lead': linksLead,
};
