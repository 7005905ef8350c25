import { table } from '../runner/markdown.mjs';
import { compare } from './results.mjs';

/**
 * How the tests fare that clients bring with them.
 *
 * @param {import('./results.mjs').Sides[]} suites
 */
export function renderSuites(suites) {
  const row = (sides) => {
    const { client, version } = Object.values(sides)[0];
    const { pass, differ } = compare(sides);
    const both = pass.length + differ.length;
    const share = both === 0 ? 'not run' : `${pass.length} ÷ ${both}`;
    return [client, version, sides.odradek === undefined ? 'not run' : share];
  };
  return [
    '## The suites of clients',
    '',
    'The tests that clients bring: how many pass here, of those that pass on Apache Kafka. What needs no',
    'broker is not counted. Those that pass there and not here are named, with their reasons, in',
    '[DIFFERENCES.md](DIFFERENCES.md#suites-of-clients); [clients/suites](../clients/suites/README.md)',
    'tells how they are run.',
    '',
    ...table(['suite', 'version', 'passes here ÷ passes on Apache Kafka'], suites.map(row)),
    '',
  ].join('\n');
}
