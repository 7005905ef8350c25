import { nearestName } from '../nearest-name.ts';
import { ClusterError } from './cluster-error.ts';

/** A value as a message shows it. */
export function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** Refuses what is no plain object, and names that nobody knows. */
export function checkNames(where: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ClusterError('E_BAD_OPTION', `${where} must be an object, not ${show(given)}`);
  }
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const hint = nearest === null ? `known: ${known.join(', ')}` : `did you mean '${nearest}'?`;
    throw new ClusterError('E_UNKNOWN_OPTION', `${where} has no '${name}'; ${hint}`);
  }
}
