type Events = readonly (readonly number[])[];

/**
 * The choices of a run as one word for a command line: dots part events, commas choices, and `x12`
 * is twelve events in which nothing was chosen but the boring thing.
 */
export function replayText(events: Events): string {
  const words: string[] = [];
  let boring = 0;
  const flush = () => {
    if (boring > 0) words.push(`x${boring}`);
    boring = 0;
  };
  for (const choices of events) {
    const end = choices.findLastIndex((taken) => taken !== 0) + 1;
    if (end === 0) {
      boring++;
      continue;
    }
    flush();
    words.push(choices.slice(0, end).join(','));
  }
  flush();
  return words.join('.');
}

/** The opposite of `replayText`; undefined for what is no such text. */
export function replayEvents(text: string): number[][] | undefined {
  const events: number[][] = [];
  for (const word of text.split('.')) {
    const boring = /^x(\d{1,7})$/.exec(word);
    if (boring !== null) {
      for (let count = Number(boring[1]); count > 0; count--) events.push([]);
    } else if (/^\d{1,9}(,\d{1,9})*$/.test(word)) {
      events.push(word.split(',').map(Number));
    } else {
      return undefined;
    }
  }
  return events;
}
