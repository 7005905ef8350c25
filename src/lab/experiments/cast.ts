import type { Choices } from '../../simulation/choices.ts';
import type { Fact } from './facts.ts';

/** A broker as the experiment has it; which one of the cluster it is, is drawn. */
export type Role = number;
export type Offset = number | 'n' | `n+${number}` | `n-${number}`;
export type Epoch = number | 'E' | `E+${number}` | `E-${number}`;

type Kind = 'offset' | 'epoch' | 'broker';

/** What figures mean, by the name of the fact they stand in. */
const kinds: Readonly<Record<string, Kind>> = {
  baseOffset: 'offset',
  endOffset: 'offset',
  highWatermark: 'offset',
  lastStableOffset: 'offset',
  logEndOffset: 'offset',
  logStartOffset: 'offset',
  offset: 'offset',
  conflicting: 'offset',
  diverged: 'offset',
  truncatedTo: 'offset',
  epoch: 'epoch',
  leaderEpoch: 'epoch',
  adding: 'broker',
  elr: 'broker',
  isr: 'broker',
  lastKnownElr: 'broker',
  leader: 'broker',
  leaders: 'broker',
  removing: 'broker',
  replicas: 'broker',
};

/**
 * Who plays whom in a run: an experiment speaks of broker 1, of offset `n` and of epoch `E`, so
 * that what it expects is the same for every seed.
 */
export class Cast {
  /** By role, from 1 on. */
  readonly #brokers: readonly number[];
  /** Where the log ends when the story begins. */
  n = 0;
  /** The leader epoch in which it begins. */
  e = 0;

  constructor(brokers: number, choices: Choices) {
    const roles = Array.from({ length: brokers }, (_, index) => index + 1);
    const left = [...roles];
    this.#brokers = roles.map(() => left.splice(choices.choose(left.length, 'role'), 1)[0]!);
  }

  get brokers(): readonly number[] {
    return this.#brokers;
  }

  /** The broker of a role; a controller, from 3000 on, plays itself. */
  node(role: Role): number {
    return this.#brokers[role - 1] ?? role;
  }

  role(brokerId: number): Role {
    const index = this.#brokers.indexOf(brokerId);
    return index < 0 ? brokerId : index + 1;
  }

  offset(offset: Offset): number {
    return typeof offset === 'number' ? offset : this.n + Number(offset.slice(1));
  }

  epoch(epoch: Epoch): number {
    return typeof epoch === 'number' ? epoch : this.e + Number(epoch.slice(1));
  }

  /** A sentence in which `{1}`, `{n+1}` and `{E}` stand for what they are in this run. */
  spoken(sentence: string): string {
    return sentence.replace(/\{([nE]?)([+-]?\d*)\}/g, (_, letter: string, figure: string) => {
      if (letter === '') return String(this.node(Number(figure)));
      return String((letter === 'n' ? this.n : this.e) + Number(figure));
    });
  }

  /** A fact of this run in the words of the experiment. */
  general(fact: Fact, name = ''): Fact {
    if (Array.isArray(fact)) {
      const items = fact.map((item) => this.general(item, name));
      return kinds[name] === 'broker' ? items.sort() : items;
    }
    if (typeof fact === 'object' && fact !== null) {
      const entries = Object.entries(fact);
      return Object.fromEntries(entries.map(([own, value]) => [own, this.general(value, own)]));
    }
    if (typeof fact !== 'number' || fact < 0) return fact;
    if (kinds[name] === 'broker') return this.role(fact);
    if (kinds[name] === 'offset') return relative('n', fact - this.n);
    return kinds[name] === 'epoch' ? relative('E', fact - this.e) : fact;
  }
}

function relative(letter: string, distance: number): string {
  if (distance === 0) return letter;
  return distance > 0 ? `${letter}+${distance}` : `${letter}${distance}`;
}
