/** What a program says while it runs, a line of JSON for each record. */
export class Journal {
  /** By partition: the numbers that were acknowledged, with their offsets. */
  acked;
  /** By partition: the offsets that were read, with the numbers found there. */
  read;
  /** How often the client gave a record up for a reason that it may have. */
  gaveUp = 0;
  /** What else it gave up, and lines that nobody understands. */
  problems = [];
  /** The longest time for which a partition had nothing acknowledged. */
  longestWaitMs = 0;
  #mayGiveUp;
  #ackedAtMs = [];
  #rest = '';
  #waiting = new Set();
  #over = false;

  /** @param {{ partitions: number, mayGiveUp?: string }} program a pattern of reasons, if any */
  constructor({ partitions, mayGiveUp }) {
    this.#mayGiveUp = mayGiveUp && new RegExp(mayGiveUp);
    this.acked = Array.from({ length: partitions }, () => []);
    this.read = Array.from({ length: partitions }, () => []);
  }

  /** Takes the next piece of the program's output. */
  take(chunk) {
    const lines = `${this.#rest}${chunk}`.split('\n');
    this.#rest = lines.pop();
    for (const line of lines) this.#understand(line);
    this.#wake();
  }

  /** The program has ended. */
  end() {
    this.#over = true;
    this.#wake();
  }

  /** Resolves when every partition has had something more acknowledged. */
  async everyPartitionGoesOn(withinMs) {
    const before = this.acked.map(({ length }) => length);
    const behind = () =>
      before.flatMap((count, index) => (this.acked[index].length > count ? [] : [index]));
    await new Promise((resolve, reject) => {
      const settle = (outcome) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        outcome();
      };
      const fail = (why) => settle(() => reject(new Error(why)));
      const look = () => {
        if (behind().length === 0) settle(resolve);
        else if (this.#over) fail('the program has ended');
      };
      const stuck = () =>
        fail(`nothing acknowledged in partition ${behind().join(', ')} for ${withinMs} ms`);
      const timer = setTimeout(stuck, withinMs);
      this.#waiting.add(look);
      look();
    });
  }

  #wake() {
    for (const look of this.#waiting) look();
  }

  #understand(line) {
    const [what, partition, first, second] = parse(line);
    if (what === 'acked' && partition in this.acked) {
      this.acked[partition].push({ number: first, offset: second });
      this.#goesOn(partition);
    } else if (what === 'read' && partition in this.read) {
      this.read[partition].push({ offset: first, number: second });
    } else if (what === 'gave-up' && this.#mayGiveUp?.test(second)) {
      this.gaveUp++;
    } else {
      this.problems.push(line.slice(0, 300));
    }
  }

  #goesOn(partition) {
    const nowMs = performance.now();
    const waitedMs = nowMs - (this.#ackedAtMs[partition] ?? nowMs);
    this.longestWaitMs = Math.max(this.longestWaitMs, waitedMs);
    this.#ackedAtMs[partition] = nowMs;
  }
}

function parse(line) {
  try {
    const words = JSON.parse(line);
    return Array.isArray(words) ? words : [];
  } catch {
    return [];
  }
}
