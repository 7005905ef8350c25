/**
 * @typedef {{ check: string, ok: boolean, detail?: string, error?: string }} Check one that ran
 * @typedef {{ check: string, why: string }} Lack one that the client has not
 * @typedef {{ passed: Check[], failed: Check[], lacks: Lack[], problems: string[] }} Verdict
 */

/**
 * What a program that ran is worth: each shared check once, as done or as lacking, nothing on
 * standard output but lines of the contract, and an exit status that says the same.
 *
 * @param {readonly string[]} shared the names of the shared checks
 * @param {{ stdout: string, status: number | null, timedOut?: number }} run
 * @param {Record<string, string>} lacking what its client.json says that it lacks, and why
 * @returns {Verdict}
 */
export function verdictOf(shared, { stdout, status, timedOut }, lacking = {}) {
  const problems = [];
  const checks = [];
  const lacks = Object.entries(lacking).flatMap(([pattern, why]) =>
    matching(shared, pattern).map((check) => ({ check, why })),
  );
  for (const line of stdout.split('\n').filter((each) => each.trim() !== '')) {
    const said = parse(line);
    if (isCheck(said)) checks.push(said);
    else if (isLack(said, shared)) lacks.push({ check: said.lacks, why: said.why });
    else problems.push(`not a line of the contract: ${line.slice(0, 200)}`);
  }
  const named = [...checks, ...lacks].map(({ check }) => check);
  const missing = shared.filter((check) => !named.includes(check));
  const twice = [...new Set(named.filter((check, index) => named.indexOf(check) < index))];
  const failed = checks.filter(({ ok }) => !ok);
  if (missing.length > 0) problems.push(`says nothing of ${missing.join(', ')}`);
  if (twice.length > 0) problems.push(`reports twice: ${twice.join(', ')}`);
  if (timedOut !== undefined) problems.push(`was not done after ${timedOut / 1000} s`);
  else if (status !== 0 && failed.length === 0) problems.push(`ended with status ${status}`);
  return { passed: checks.filter(({ ok }) => ok), failed, lacks, problems };
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isCheck(said) {
  return typeof said?.check === 'string' && typeof said.ok === 'boolean';
}

/** A name, or with a star at its end all that begin so. */
function matching(shared, pattern) {
  const found = shared.filter((check) =>
    pattern.endsWith('*') ? check.startsWith(pattern.slice(0, -1)) : check === pattern,
  );
  if (found.length === 0) throw new Error(`client.json: no check is called ${pattern}`);
  return found;
}

/** Only a shared check can be lacking, and there is a reason. */
function isLack(said, shared) {
  return shared.includes(said?.lacks) && typeof said.why === 'string';
}
