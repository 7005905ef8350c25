import { type Knobs, modernKnobs, truncations } from '../config/knobs.ts';
import { checkNames, show } from './check-names.ts';
import { ClusterError } from './cluster-error.ts';

/** Throws `ClusterError` for a rule that nobody knows or a value that it does not have. */
export function checkKnobs(knobs: Partial<Knobs>): Partial<Knobs> {
  checkNames('knobs', knobs, Object.keys(modernKnobs));
  for (const [name, value] of Object.entries(knobs)) {
    const values: readonly unknown[] = name === 'truncation' ? truncations : [true, false];
    if (values.includes(value)) continue;
    const text = `knobs.${name} must be one of ${values.join(', ')}, not ${show(value)}`;
    throw new ClusterError('E_BAD_OPTION', text);
  }
  return knobs;
}
