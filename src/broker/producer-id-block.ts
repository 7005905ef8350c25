type Reply = (producerId: number | undefined) => void;
type Allocate = (
  reply: (block: { firstProducerId: number; count: number } | undefined) => void,
) => void;

/**
 * Hands out producer ids from a block that the controller has given to this broker alone
 * (KIP-730).
 */
export class ProducerIdBlock {
  readonly #allocate: Allocate;
  #next = 0;
  #end = 0;
  #waiting: Reply[] = [];

  constructor(allocate: Allocate) {
    this.#allocate = allocate;
  }

  next(reply: Reply): void {
    if (this.#next < this.#end) {
      reply(this.#next++);
      return;
    }
    this.#waiting.push(reply);
    if (this.#waiting.length > 1) return;
    this.#allocate((block) => {
      const waiting = this.#waiting;
      this.#waiting = [];
      this.#next = block?.firstProducerId ?? 0;
      this.#end = this.#next + (block?.count ?? 0);
      for (const one of waiting) {
        if (block === undefined) one(undefined);
        else this.next(one);
      }
    });
  }
}
