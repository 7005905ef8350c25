/** Something observed, as plain data. */
export type Fact = string | number | boolean | null | readonly Fact[] | Facts;
export interface Facts {
  readonly [name: string]: Fact;
}

/** A number within bounds, where chance has a say in it. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** What a fact must be; an object names those of its fields that matter. */
export type Expected = string | number | boolean | null | readonly Expected[] | ExpectedFacts;
export interface ExpectedFacts {
  readonly [name: string]: Expected;
}

function isRange(expected: Expected): expected is Range & ExpectedFacts {
  if (typeof expected !== 'object' || expected === null) return false;
  return Object.keys(expected).join() === 'from,to';
}

/** Whether `fact` is what was expected, in as far as it was said. */
export function fits(fact: Fact | undefined, expected: Expected): boolean {
  if (fact === undefined) return false;
  if (isRange(expected)) {
    return typeof fact === 'number' && expected.from <= fact && fact <= expected.to;
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(fact) || fact.length !== expected.length) return false;
    return expected.every((item, index) => fits(fact[index], item));
  }
  if (typeof expected !== 'object' || expected === null) return fact === expected;
  if (typeof fact !== 'object' || fact === null) return false;
  return Object.entries(expected).every(([name, value]) => fits((fact as Facts)[name], value));
}

/** `baseOffset: 3, isr: [1, 2], tookMs: 5` as `base offset 3, isr [1,2], took 5 ms`. */
export function tellFacts(facts: Facts): string {
  return Object.entries(facts)
    .map(([name, fact]) => {
      const [, stem, unit] = /^(.*?)(Ms)?$/.exec(name)!;
      return `${wordsOf(stem!)} ${tellFact(fact)}${unit === undefined ? '' : ' ms'}`;
    })
    .join(', ');
}

const wordsOf = (name: string): string =>
  name.replace(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function tellFact(fact: Fact): string {
  if (fact === null) return 'none';
  if (typeof fact !== 'object') return String(fact);
  if (Array.isArray(fact)) return `[${fact.map(tellFact).join(',')}]`;
  return `{${tellFacts(fact as Facts)}}`;
}
