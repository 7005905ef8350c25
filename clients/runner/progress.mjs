import { relative } from 'node:path';
import { isFailure } from './result.mjs';

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** What somebody who watches is told, a line for each thing that is done. */
export const tell = {
  prepared({ name }, reason, ms) {
    const said = reason === undefined ? 'ready' : (reason.absent ?? reason.broken);
    console.log(`  ${name.padEnd(26)} ${said.padEnd(24)} ${seconds(ms)}`);
  },

  finished(result, count) {
    const { name, client, version, absent, passed, failed, lacks, problems, ms, log } = result;
    const mark = absent !== undefined ? '-' : isFailure(result) ? '✘' : '✔';
    const said =
      absent ??
      `${passed.length} of ${passed.length + failed.length} checks` +
        (lacks.length > 0 ? `, lacks ${lacks.length}` : '');
    const time = ms === undefined ? '' : seconds(ms);
    console.log(
      `${mark} ${count.padEnd(6)} ${name.padEnd(26)} ${`${client} ${version}`.padEnd(38)} ` +
        `${said.padEnd(26)} ${time}`,
    );
    for (const { check, error } of failed) console.log(`    ${check}: ${error}`);
    for (const problem of problems) console.log(`    ${problem}`);
    if (log !== undefined && failed.length + problems.length > 0) {
      console.log(`    its output: ${relative(process.cwd(), log)}`);
    }
  },
};

export function summary(results) {
  const absent = results.filter((each) => each.absent !== undefined).length;
  const failed = results.filter((each) => each.absent === undefined && isFailure(each)).length;
  const green = results.length - absent - failed;
  const checks = results.reduce((sum, { passed }) => sum + passed.length, 0);
  const rest = `${failed} failed, ${absent} absent`;
  return `\n${green} of ${results.length} programs passed ${checks} checks; ${rest}`;
}
