// node scripts/count-reports.mjs FOLDER: adds up the reports in it; the last line is the sum.
// A report that FOLDER/expected names and that is missing or unreadable counts as a failure.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];

/** A test runner's report, or the exit status of one step. A suite that did not load has no tests. */
function count(name) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  if (name.endsWith('.step.json')) return report.status === 0 ? [1, 0] : [0, 1];
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + unloaded;
  const silent = failed === 0 && (!report.success || report.numPassedTests === 0) ? 1 : 0;
  return [report.numPassedTests, failed + silent];
}

const expected = readFileSync(join(folder, 'expected'), 'utf8').trim().split('\n');
const steps = readdirSync(folder).filter((name) => name.endsWith('.step.json'));
let passed = 0;
let failed = 0;
for (const name of [...expected, ...steps]) {
  let counted = [0, 1];
  try {
    counted = count(name);
  } catch (error) {
    console.log(`${name}: no report (${error.message})`);
  }
  console.log(`${name}: ${counted[0]} passed, ${counted[1]} failed`);
  passed += counted[0];
  failed += counted[1];
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
