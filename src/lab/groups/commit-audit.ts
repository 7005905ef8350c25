import { mustHold } from '../invariant-broken.ts';

/** One attempt to commit one offset for some partitions; its offset is nobody else's. */
interface Attempt {
  readonly offset: number;
  readonly who: string;
  /** When brokers acted on it, in the order of all attempts of the group. */
  readonly arrivals: number[];
  /** By partition: the coordinator may accept it, for one of the arrivals. */
  readonly lawful: Set<string>;
  /** Whoever else owned a partition at an arrival that was lawful. */
  readonly rivals: Map<string, string>;
  isRepeated: boolean;
  readonly refused: Set<string>;
}

/** All that members of a group have ever committed, and what of it they were told. */
export class CommitAudit {
  readonly #groupId: string;
  readonly #attempts = new Map<number, Attempt>();
  /** By partition: who was acknowledged last, by when it arrived. */
  readonly #acknowledged = new Map<string, { attempt: Attempt; arrival: number }>();
  #offsets = 0;
  #arrivals = 0;
  /** What had arrived when the log lost something: that may be gone, whoever hears of it later. */
  #forgotten = 0;
  /** The last attempt before that: what it took for its generation may now be another one. */
  #lastBefore = 0;

  constructor(groupId: string) {
    this.#groupId = groupId;
  }

  /** An offset that has never been committed. */
  begin(who: string): number {
    const offset = ++this.#offsets;
    const nothing = {
      arrivals: [],
      lawful: new Set<string>(),
      rivals: new Map(),
      isRepeated: false,
    };
    this.#attempts.set(offset, { offset, who, ...nothing, refused: new Set() });
    return offset;
  }

  /** Its request comes a second time. */
  repeated(offset: number): void {
    this.#attempts.get(offset)!.isRepeated = true;
  }

  /** A broker is about to act on it, and may accept it for the partitions that are `lawful`. */
  arrived(offset: number, lawful: readonly string[], rivals: ReadonlyMap<string, string>): void {
    const attempt = this.#attempts.get(offset)!;
    attempt.arrivals.push(++this.#arrivals);
    for (const key of lawful) attempt.lawful.add(key);
    for (const [key, rival] of rivals) attempt.rivals.set(key, rival);
  }

  acknowledged(offset: number, key: string): void {
    const attempt = this.#attempts.get(offset)!;
    const where = `${key} of group ${this.#groupId}`;
    const what = `${where}: offset ${offset} of ${attempt.who} was accepted`;
    mustHold('I-32', attempt.lawful.has(key), () => `${what} though its generation is not current`);
    const rival = attempt.rivals.get(key);
    const isOfNow = offset > this.#lastBefore;
    mustHold(
      'I-32',
      !isOfNow || rival === undefined,
      () => `${what} though ${rival} owns the partition`,
    );
    const [arrival] = attempt.arrivals;
    if (arrival! <= this.#forgotten) return;
    const last = this.#acknowledged.get(key);
    if (last === undefined || last.arrival < arrival!) {
      this.#acknowledged.set(key, { attempt, arrival: arrival! });
    }
  }

  /** It was said for certain that it is not committed. */
  refused(offset: number, key: string): void {
    this.#attempts.get(offset)!.refused.add(key);
  }

  /** The log has lost something that Kafka would have lost as well. */
  forget(): void {
    this.#acknowledged.clear();
    this.#forgotten = this.#arrivals;
    this.#lastBefore = this.#offsets;
  }

  /** What was acknowledged last at present; for `fetched`, where it was so when it was asked. */
  floor(key: string): number {
    return this.#acknowledged.get(key)?.arrival ?? 0;
  }

  /** Somebody is told that `offset` is committed; at least `floor` had arrived when he asked. */
  fetched(key: string, offset: number, floor: number): void {
    const known = this.#acknowledged.get(key);
    const last = Math.min(floor, known?.arrival ?? 0);
    if (offset === -1) {
      mustHold('H-05', last === 0, () => `${key} of group ${this.#groupId}: no offset is left`);
      return;
    }
    const attempt = this.#attempts.get(offset);
    const newest = attempt?.arrivals.at(-1) ?? 0;
    mustHold('H-05', attempt !== undefined && newest >= last, () => {
      const lost = `${known?.attempt.offset} of ${known?.attempt.who} was acknowledged`;
      return `${key} of group ${this.#groupId}: ${lost}, and ${offset} is what is there`;
    });
    const isRefused = attempt!.refused.has(key) && !attempt!.isRepeated;
    mustHold('H-05', !isRefused, () => {
      return `${key} of group ${this.#groupId}: ${offset} was refused and is there`;
    });
  }
}
