import { assert } from '../assert.ts';
import { Random } from './random.ts';

/** One decision that could have gone otherwise: which of how many, and what it was about. */
export interface Choice {
  readonly label: string;
  readonly of: number;
  readonly taken: number;
}

/**
 * Every decision of a run that chance takes, event by event. A run is the list of its choices: feed
 * them back and it happens again. Choice 0 is always the boring one (no fault, no delay, the first
 * in line), so a list is made simpler by putting zeros into it and by leaving events out.
 */
export class Choices {
  readonly #next: (of: number, event: number, index: number) => number;
  readonly #events: Choice[][] = [[]];

  private constructor(next: (of: number, event: number, index: number) => number) {
    this.#next = next;
  }

  /** As chance wills. */
  static seeded(seed: number): Choices {
    const random = new Random(seed);
    return new Choices((of) => random.below(of));
  }

  /** As it was; boring where the list has ended. */
  static replaying(events: readonly (readonly number[])[]): Choices {
    return new Choices((of, event, index) => (events[event]?.[index] ?? 0) % of);
  }

  /** What was chosen in each event; the first one is what came before. */
  get made(): readonly (readonly Choice[])[] {
    return this.#events;
  }

  /** The choices from now on belong to another event. */
  nextEvent(): void {
    this.#events.push([]);
  }

  /** A whole number from 0 up to but not including `of`. */
  choose(of: number, label: string): number {
    assert(of >= 1, `nothing to choose from: ${label}`);
    if (of === 1) return 0;
    const current = this.#events[this.#events.length - 1]!;
    const taken = this.#next(of, this.#events.length - 1, current.length);
    current.push({ label, of, taken });
    return taken;
  }

  /** True once in `of` times. */
  chance(of: number, label: string): boolean {
    return this.choose(of, label) === of - 1;
  }

  pick<Item>(items: readonly Item[], label: string): Item {
    return items[this.choose(items.length, label)]!;
  }
}

/** Chance where each draw of a number is one of the run's choices. */
export class ChosenRandom extends Random {
  readonly #choices: Choices;
  readonly #label: string;

  constructor(choices: Choices, label: string) {
    super(0);
    this.#choices = choices;
    this.#label = label;
  }

  override below(limit: number): number {
    return this.#choices.choose(limit, this.#label);
  }
}
