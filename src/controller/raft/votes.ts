/** One election, as who stands in it counts it. */
export class Votes {
  readonly #voters: readonly number[];
  readonly #votes: Map<number, boolean>;

  /** The candidate votes for itself. */
  constructor(voters: readonly number[], candidateId: number) {
    this.#voters = voters;
    this.#votes = new Map([[candidateId, true]]);
  }

  record(voterId: number, granted: boolean): void {
    this.#votes.set(voterId, granted);
  }

  get granted(): readonly number[] {
    return this.#voters.filter((voterId) => this.#votes.get(voterId) === true);
  }

  get isWon(): boolean {
    return this.granted.length >= majority(this.#voters);
  }

  /** Those who have not said no are too few. */
  get isLost(): boolean {
    const possible = this.#voters.filter((voterId) => this.#votes.get(voterId) !== false);
    return possible.length < majority(this.#voters);
  }
}

export const majority = (voters: readonly number[]): number => Math.floor(voters.length / 2) + 1;
