/**
 * @typedef {{ api: string, versions: number[] }} Used
 * @typedef {{ folder: string, name: string, client: string, version: string, language: string,
 *   what: string, absent?: string, passed: string[], failed: { check: string, error: string }[],
 *   lacks: import('./verdict.mjs').Lack[], problems: string[], admin?: string,
 *   used?: Used[] }} Result what is kept of one program's run; the same from run to run
 */

const emptyVerdict = { passed: [], failed: [], lacks: [], problems: [] };

/**
 * @param {{ name: string }} folder
 * @param {import('./folders.mjs').Program} program
 * @param {{ absent?: string, broken?: string, verdict?: import('./verdict.mjs').Verdict,
 *   requests?: { api: string, version: number }[] }} outcome
 * @returns {Result}
 */
export function resultOf(folder, program, { absent, broken, verdict = emptyVerdict, requests }) {
  const { run: _, lacks: __, ...facts } = program;
  return {
    folder: folder.name,
    ...facts,
    ...(absent === undefined ? {} : { absent }),
    passed: verdict.passed.map(({ check }) => check),
    failed: verdict.failed.map(({ check, error = 'it does not say why' }) => ({ check, error })),
    lacks: verdict.lacks,
    problems: broken === undefined ? verdict.problems : [broken],
    admin: verdict.passed.find(({ check }) => check === 'admin')?.detail,
    ...(requests === undefined ? {} : { used: usedVersions(requests) }),
  };
}

/** Every API once, by name, with all the versions that were used of it. */
function usedVersions(requests) {
  const versions = new Map();
  for (const { api, version } of requests) {
    versions.set(api, (versions.get(api) ?? new Set()).add(version));
  }
  return [...versions]
    .sort()
    .map(([api, of]) => ({ api, versions: [...of].sort((a, b) => a - b) }));
}

/**
 * What is absent is no failure by hand; where everything has to be there, it is.
 *
 * @param {Pick<Result, 'absent' | 'failed' | 'problems'>} result
 */
export function isFailure({ absent, failed, problems }) {
  if (absent !== undefined) return Boolean(process.env.CI);
  return failed.length + problems.length > 0;
}

/**
 * The shape that scripts/count-reports.mjs adds up.
 *
 * @param {readonly Result[]} results
 */
export function report(results) {
  const bad = results.map((result) =>
    Math.max(result.failed.length + result.problems.length, isFailure(result) ? 1 : 0),
  );
  const numFailedTests = bad.reduce((sum, each) => sum + each, 0);
  const numPassedTests = results.reduce((sum, { passed }) => sum + passed.length, 0);
  return { success: numFailedTests === 0, numPassedTests, numFailedTests, testResults: [] };
}
