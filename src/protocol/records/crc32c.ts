/** Castagnoli's polynomial, reversed. */
const polynomial = 0x82f63b78;

type Table = Int32Array;
type Eight = [Table, Table, Table, Table, Table, Table, Table, Table];
type Compute = (bytes: Uint8Array, start: number, end: number, crc: number) => number;

/** Table k is the effect of a byte that is followed by k others. */
function makeTables(): Table[] {
  const tables = Array.from({ length: 16 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    tables[0]![byte] = crc;
  }
  for (let k = 1; k < 16; k++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = tables[k - 1]![byte]!;
      tables[k]![byte] = (before >>> 8) ^ tables[0]![before & 0xff]!;
    }
  }
  return tables;
}

/** From here on reading words pays for the view that it takes: 1.25 times as fast. */
const wordsFromSizeBytes = 2048;

/** Slicing by 16. One variable per table, not one large table: measured 1.2–1.5 times as fast. */
function makeCompute(): Compute {
  const t = makeTables();
  const [t0, t1, t2, t3, t4, t5, t6, t7] = t as [...Eight];
  const [t8, t9, t10, t11, t12, t13, t14, t15] = t.slice(8) as [...Eight];

  const byBytes: Compute = (b, start, end, crc) => {
    let c = crc;
    let i = start;
    for (const last16 = end - 16; i <= last16; i += 16) {
      const w = c ^ (b[i]! | (b[i + 1]! << 8) | (b[i + 2]! << 16) | (b[i + 3]! << 24));
      c =
        t15[w & 0xff]! ^
        t14[(w >>> 8) & 0xff]! ^
        t13[(w >>> 16) & 0xff]! ^
        t12[w >>> 24]! ^
        t11[b[i + 4]!]! ^
        t10[b[i + 5]!]! ^
        t9[b[i + 6]!]! ^
        t8[b[i + 7]!]! ^
        t7[b[i + 8]!]! ^
        t6[b[i + 9]!]! ^
        t5[b[i + 10]!]! ^
        t4[b[i + 11]!]! ^
        t3[b[i + 12]!]! ^
        t2[b[i + 13]!]! ^
        t1[b[i + 14]!]! ^
        t0[b[i + 15]!]!;
    }
    while (i < end) c = (c >>> 8) ^ t0[(c ^ b[i++]!) & 0xff]!;
    return c;
  };

  const byWords: Compute = (b, start, end, crc) => {
    const view = new DataView(b.buffer, b.byteOffset, b.byteLength);
    let c = crc;
    let i = start;
    for (const last16 = end - 16; i <= last16; i += 16) {
      const w = c ^ view.getInt32(i, true);
      const x = view.getInt32(i + 4, true);
      const y = view.getInt32(i + 8, true);
      const z = view.getInt32(i + 12, true);
      c =
        t15[w & 0xff]! ^
        t14[(w >>> 8) & 0xff]! ^
        t13[(w >>> 16) & 0xff]! ^
        t12[w >>> 24]! ^
        t11[x & 0xff]! ^
        t10[(x >>> 8) & 0xff]! ^
        t9[(x >>> 16) & 0xff]! ^
        t8[x >>> 24]! ^
        t7[y & 0xff]! ^
        t6[(y >>> 8) & 0xff]! ^
        t5[(y >>> 16) & 0xff]! ^
        t4[y >>> 24]! ^
        t3[z & 0xff]! ^
        t2[(z >>> 8) & 0xff]! ^
        t1[(z >>> 16) & 0xff]! ^
        t0[z >>> 24]!;
    }
    return byBytes(b, i, end, c);
  };

  return (b, start, end, crc) =>
    end - start < wordsFromSizeBytes ? byBytes(b, start, end, crc) : byWords(b, start, end, crc);
}

let compute: Compute | undefined;

/**
 * CRC-32C of bytes[start, end), unsigned; `crc` continues an earlier range. The tables are made at
 * the first call, so that loading the module costs nothing.
 */
export function crc32c(bytes: Uint8Array, start: number, end: number, crc = 0): number {
  compute ??= makeCompute();
  return ~compute(bytes, start, end, ~crc) >>> 0;
}
