import type { Random } from '../../../src/simulation/random.ts';

/** Names and ids that exist in the cluster under test, so that changes reach beyond the lookup. */
export interface Known {
  readonly topics: readonly string[];
  readonly topicIds: readonly string[];
}

const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)]!;

const numbers = [0, 1, -1, 2, 3, 100, 1000, 65_536, 2 ** 31 - 1, -(2 ** 31), 2 ** 53, -(2 ** 63)];
const small = [0, 1, -1, 2, 7, 127, -128];

/** The body of a request with known names put in and some of its values changed. */
export function mutateBody(body: unknown, random: Random, known: Known): unknown {
  return changeValue('', body, { random, known });
}

interface Context {
  readonly random: Random;
  readonly known: Known;
}

function changeValue(name: string, value: unknown, context: Context): unknown {
  const { random, known } = context;
  if (name.endsWith('DirectoryId')) return value;
  if (name === 'topicId') return random.below(8) === 0 ? value : pick(random, known.topicIds);
  if (isTopicName(name) && typeof value === 'string') {
    return random.below(8) === 0 ? changeText(value, random) : pick(random, known.topics);
  }
  if (Array.isArray(value)) return changeArray(name, value, context);
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([key, field]) => {
      return [key, changeValue(key, field, context)] as const;
    });
    return Object.fromEntries(fields);
  }
  if (random.below(6) > 0) return value;
  if (typeof value === 'number') return changeNumber(value, random);
  if (typeof value === 'boolean') return random.below(2) === 0;
  return typeof value === 'string' ? changeText(value, random) : value;
}

/** A topic is called `name` in most requests; other things are, too, but hardly with harm. */
function isTopicName(name: string): boolean {
  return name === 'name' || name === 'topic' || name === 'resourceName';
}

/** What the field surely holds: an int8 takes -128 to 127, and larger fields small numbers. */
function changeNumber(value: number, random: Random): number {
  const isSmallField = value >= -128 && value <= 127;
  return pick(random, isSmallField && random.below(2) === 0 ? small : numbers);
}

function changeText(text: string, random: Random): string {
  const texts = ['', '..', 'a'.repeat(300), `${text}!`, text.toUpperCase(), '\u0000', 'ü€𐍈'];
  return pick(random, texts);
}

function changeArray(name: string, values: readonly unknown[], context: Context): unknown[] {
  const { random } = context;
  const changed = values.map((value) => changeValue(name, value, context));
  switch (random.below(12)) {
    case 0:
      return [];
    case 1:
      return [...changed, ...changed];
    case 2:
      return changed.slice(1);
    default:
      return changed;
  }
}
