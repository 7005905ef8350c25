/** A match is at least so long. */
const matchMin = 4;
/** The format wants the last bytes of a block plain, and no match that begins near its end. */
const lastLiterals = 5;
const lastMatchStart = 12;
const offsetMax = 0xffff;
const hashBits = 14;

const readWord = (b: Uint8Array, at: number): number =>
  b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24);

/** The rest of a length that does not fit into its nibble of the token. */
function writeLength(target: Uint8Array, at: number, length: number): number {
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) target[at++] = 255;
  target[at++] = rest;
  return at;
}

function writeLiterals(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  matchNibble: number,
): number {
  const count = end - start;
  target[at++] = (Math.min(count, 15) << 4) | matchNibble;
  if (count >= 15) at = writeLength(target, at, count);
  target.set(source.subarray(start, end), at);
  return at + count;
}

/**
 * Packs one block greedily, by a table of where four bytes were seen last. Returns its size; the
 * target has room for everything plus 1/255 of it plus 16.
 */
export function packLz4Block(source: Uint8Array, target: Uint8Array): number {
  const seen = new Int32Array(1 << hashBits);
  const matchEndMax = source.length - lastLiterals;
  let anchor = 0;
  let size = 0;
  for (let at = 0; at <= source.length - lastMatchStart; ) {
    const word = readWord(source, at);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - hashBits);
    const candidate = seen[slot]! - 1;
    seen[slot] = at + 1;
    const near = candidate >= 0 && at - candidate <= offsetMax;
    if (!near || readWord(source, candidate) !== word) {
      at += 1 + ((at - anchor) >>> 6); // the longer nothing matches, the longer the steps
      continue;
    }
    let end = at + matchMin;
    while (end < matchEndMax && source[end] === source[candidate + end - at]) end++;
    const length = end - at - matchMin;
    size = writeLiterals(source, anchor, at, target, size, Math.min(length, 15));
    target[size++] = at - candidate;
    target[size++] = (at - candidate) >>> 8;
    if (length >= 15) size = writeLength(target, size, length);
    at = end;
    anchor = end;
  }
  return writeLiterals(source, anchor, source.length, target, size, 0);
}
