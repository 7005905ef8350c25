import type { Choice } from '../simulation/choices.ts';

/**
 * What was done in each event, a line each, with what was not the first or boring choice. Events in
 * which time went on as it does are left out.
 */
export function tellChoices(
  events: readonly (readonly Choice[])[],
  actionOf: (drawn: number) => string | undefined,
): string[] {
  const lines: string[] = [];
  for (const [number, choices] of events.entries()) {
    const [first, ...others] = choices;
    const action = first?.label === 'event' ? actionOf(first.taken) : undefined;
    const told = (action === undefined && first?.label !== 'event' ? choices : others)
      .filter(({ taken }) => taken > 0)
      .map(({ label, of, taken }) => `${label} ${taken + 1} of ${of}`);
    const words = action === undefined ? told : [action, ...told];
    if (words.length > 0) lines.push(`${String(number).padStart(8)}  ${words.join(', ')}`);
  }
  return lines;
}
