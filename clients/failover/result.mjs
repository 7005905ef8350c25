import { wrongs } from './verdict.mjs';

/**
 * @typedef {{ kills: number, powerCuts: number, pauses: number, gaveUp?: number,
 *   longestWaitMs?: number, problems: string[] } & Partial<import('./verdict.mjs').Counts>} Outcome of one run
 * @typedef {Outcome & { name: string, client: string, version: string, language: string,
 *   what: string, mode: 'leaders' | 'controllers' }} Result what is kept of it
 */

const problemsShown = 3;

/**
 * What is wrong with a run, in words; nothing, if all is well.
 *
 * @param {Outcome} outcome
 */
export function wrongWith({ problems, acknowledged = 0, ...counts }) {
  const counted = wrongs
    .filter((wrong) => counts[wrong] > 0)
    .map((wrong) => `${counts[wrong]} ${wrong} of ${acknowledged} acknowledged`);
  const more = problems.length - problemsShown;
  const rest = more > 0 ? [`and ${more} more problems`] : [];
  return [...counted, ...problems.slice(0, problemsShown), ...rest];
}

/** The shape that scripts/count-reports.mjs adds up: a run is a test. */
export function report(results) {
  const numFailedTests = results.filter((each) => wrongWith(each).length > 0).length;
  const numPassedTests = results.length - numFailedTests;
  return { success: numFailedTests === 0, numPassedTests, numFailedTests, testResults: [] };
}
