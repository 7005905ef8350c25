/** Offsets that a group has gone through from first to last. */
interface Stretch {
  readonly from: number;
  to: number;
  /** Who came that far. */
  client: string;
}

/** How far a group, or a consumer without one, has gone through a partition. */
export class Coverage {
  readonly #stretches: Stretch[] = [];
  #nextFrom: number | undefined;
  #isBroken = true;

  /** `fromBeginning`: where its group has committed nothing it begins with the first record. */
  constructor(fromBeginning: boolean) {
    if (fromBeginning) this.#nextFrom = 0;
  }

  read(client: string, offset: number): void {
    const last = this.#stretches.at(-1);
    if (last === undefined || this.#isBroken) {
      this.#stretches.push({ from: this.#nextFrom ?? offset, to: offset, client });
      this.#nextFrom = undefined;
      this.#isBroken = false;
    } else if (offset > last.to) {
      last.to = offset;
      last.client = client;
    }
  }

  /** It goes on anywhere: what it leaves out it may leave out. */
  breakOff(): void {
    this.#nextFrom = undefined;
    this.#isBroken = true;
  }

  /** The stretch that an offset is in. */
  over(offset: number): Stretch | undefined {
    return this.#stretches.find(({ from, to }) => from <= offset && offset <= to);
  }
}
