/**
 * @typedef {'kill' | 'power cut' | 'pause'} Kind a killed process has its log when it is back; after
 *   a power cut it lacks what was not flushed; one that pauses keeps its connections
 * @typedef {{ kind: Kind, leader: boolean, controller: boolean, partition: number, early: boolean,
 *   downMs: number }} Strike who is hit: the leader of a partition, the active controller, or both;
 *   early is before all replicas are in sync again; it stays down for so long after it is replaced
 */

const kinds = {
  leaders: ['kill', 'kill', 'power cut', 'pause'],
  controllers: ['kill', 'kill', 'kill', 'pause'],
};
const downMaxMs = 300;

/**
 * What is to happen, as a seed decides; pauses come on top of the crashes. It gives no right to lose
 * what was acknowledged: a power cut waits until every replica has everything, and only one broker
 * is ever down.
 *
 * @param {{ seed: number, crashes: number, partitions: number, mode: keyof typeof kinds,
 *   without?: Kind[] }} wanted `without` are kinds that cannot be
 * @returns {Strike[]}
 */
export function drawStrikes({ seed, crashes, partitions, mode, without = [] }) {
  const below = random(seed);
  const possible = kinds[mode].filter((kind) => !without.includes(kind));
  const controller = mode === 'controllers';
  const strikes = [];
  for (let crashed = 0; crashed < crashes; ) {
    const kind = possible[below(possible.length)];
    strikes.push({
      ...{ kind, controller },
      leader: !controller || below(3) === 0,
      partition: below(partitions),
      early: kind !== 'power cut' && below(4) === 0,
      downMs: below(downMaxMs),
    });
    if (kind !== 'pause') crashed++;
  }
  return strikes;
}

/** Mulberry32: whole numbers from 0 up to but not including a limit. */
function random(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
