export interface AdmissionLimits {
  /** `max.connections` */
  readonly connectionsMax: number;
  /** `max.connections.per.ip` */
  readonly connectionsPerHostMax: number;
}

/**
 * Who may come in. As in Kafka, one address with too many connections is refused, while a broker
 * with too many lets newcomers wait, unread and in order, until someone leaves.
 */
export class Admission<Newcomer extends { readonly host: string; refuse(): void }> {
  readonly #limits: AdmissionLimits;
  readonly #admit: (newcomer: Newcomer) => void;
  readonly #waiting: Newcomer[] = [];
  readonly #perHost = new Map<string, number>();
  #inside = 0;

  constructor(limits: AdmissionLimits, admit: (newcomer: Newcomer) => void) {
    this.#limits = limits;
    this.#admit = admit;
  }

  arrive(newcomer: Newcomer): void {
    if (this.#inside >= this.#limits.connectionsMax) this.#waiting.push(newcomer);
    else this.#enter(newcomer);
  }

  /** One that was admitted has gone. */
  left(host: string): void {
    this.#inside--;
    const more = this.#perHost.get(host)! - 1;
    if (more === 0) this.#perHost.delete(host);
    else this.#perHost.set(host, more);
    while (this.#waiting.length > 0 && this.#inside < this.#limits.connectionsMax) {
      this.#enter(this.#waiting.shift()!);
    }
  }

  /** Refuses all who wait. */
  clear(): void {
    for (const newcomer of this.#waiting.splice(0)) newcomer.refuse();
  }

  #enter(newcomer: Newcomer): void {
    const fromHost = this.#perHost.get(newcomer.host) ?? 0;
    if (fromHost >= this.#limits.connectionsPerHostMax) {
      newcomer.refuse();
      return;
    }
    this.#inside++;
    this.#perHost.set(newcomer.host, fromHost + 1);
    this.#admit(newcomer);
  }
}
