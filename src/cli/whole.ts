import { InvalidArgumentError } from 'commander';

/** A whole number that is not negative, as the value of an option. */
export function whole(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('It is not a whole number.');
  return Number(text);
}
