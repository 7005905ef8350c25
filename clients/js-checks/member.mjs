/**
 * A row that a member of a group has read, in no client's own type.
 *
 * @typedef {{ partition: number, offset: number, key: string, value: string }} Read
 */

const patienceMs = 60_000;
const waiting = new Set();

/** What one member of a group has been given and has read; the client's part of it calls these. */
export class Member {
  /** Every set of partitions that it ever had, one after the other; the last is what it has. */
  history = [[]];
  /** @type {Read[]} */
  reads = [];
  /** What the client's part made of it: `close()`, and `commit(offsets)`. */
  client = undefined;

  get partitions() {
    return this.history.at(-1);
  }

  /** Leaves the group, unless it is a static one; a second time it is nothing. */
  async close() {
    const { client } = this;
    this.client = undefined;
    if (client === undefined) return;
    await client.close();
    this.assigned([]);
  }

  /** It now has these partitions, and no others. */
  assigned(partitions) {
    this.history.push([...partitions].sort());
    lookAgain();
  }

  /** @param {Read[]} rows */
  read(rows) {
    this.reads.push(...rows);
    lookAgain();
  }
}

function lookAgain() {
  for (const look of waiting) look();
}

/** Until it holds, which only what members are given and read can change. */
export function until(holds, what, members) {
  return new Promise((resolve, reject) => {
    const end = (settle) => {
      clearTimeout(timer);
      waiting.delete(look);
      settle();
    };
    const timer = setTimeout(
      () => end(() => reject(new Error(`it never came to this: ${what}; but ${shown(members)}`))),
      patienceMs,
    );
    const look = () => holds() && end(resolve);
    waiting.add(look);
    look();
  });
}

function shown(members) {
  return members
    .map(({ history, reads }) => `${JSON.stringify(history)}, ${reads.length} read`)
    .join('; ');
}
