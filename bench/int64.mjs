// int64 as number, as number checked to be exact, as bigint: the cost on the produce and the fetch
// path, through the real message tables. Figures and decision: docs/decisions/0002-int64.md.
//
//   node bench/int64.mjs [ROUNDS]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const rounds = Number(process.argv[2] ?? 101);
const callsPerRound = 2000;
const source = (path) => fileURLToPath(new URL(`../src/protocol/${path}`, import.meta.url));

/** Each variant replaces the number's code in reader.ts or writer.ts; one that is gone must fail. */
const variants = {
  number: {},
  checked: {
    'reader.ts': {
      'return this.#int32At(at) * 0x1_0000_0000 + (this.#int32At(at + 4) >>> 0);': `
        const value = this.#int32At(at) * 0x1_0000_0000 + (this.#int32At(at + 4) >>> 0);
        if (!Number.isSafeInteger(value)) throw new MalformedFrame('beyond 2^53');
        return value;`,
    },
    'writer.ts': {
      'if (value >= TWO_TO_63) {': `assert(Number.isSafeInteger(value), 'beyond 2^53');
        if (value >= TWO_TO_63) {`,
    },
  },
  bigint: {
    'reader.ts': {
      'return this.#int32At(at) * 0x1_0000_0000 + (this.#int32At(at + 4) >>> 0);': `
        const b = this.#bytes;
        this.dataView ??= new DataView(b.buffer, b.byteOffset, b.length);
        return this.dataView.getBigInt64(at);`,
      '#elements = 0;': '#elements = 0; dataView = null;',
    },
    'writer.ts': {
      'if (value >= TWO_TO_63) {': `if (slabInView !== this.#slab) {
          slabInView = this.#slab;
          view = new DataView(slabInView.buffer, slabInView.byteOffset, slabInView.length);
        }
        view.setBigInt64(at, value);
        return;
        {`,
      'let sparePosition = 0;': 'let sparePosition = 0;\nlet slabInView = null;\nlet view = null;',
    },
  },
};

async function load(name, folder) {
  const edits = variants[name];
  const bundle = await rolldown({
    input: 'entry',
    platform: 'node',
    plugins: [
      {
        name: 'variant',
        resolveId: (id) => (id === 'entry' ? id : null),
        load: (id) =>
          id === 'entry'
            ? ['header.ts', 'messages/produce.ts', 'messages/fetch.ts']
                .map((path) => `export * from ${JSON.stringify(source(path))};`)
                .join('\n')
            : null,
        transform(code, id) {
          const file = Object.keys(edits).find((path) => id === source(path));
          if (file === undefined) return null;
          return Object.entries(edits[file]).reduce((before, [from, to]) => {
            if (!before.includes(from)) throw new Error(`${file} has no '${from}' any more`);
            return before.replace(from, to);
          }, code);
        },
      },
    ],
  });
  const file = join(folder, `${name}.mjs`);
  await bundle.write({ file });
  return cases(await import(file), name === 'bigint' ? BigInt : Number);
}

/** The frames are what real clients send: Produce v13, Fetch v12 with 1 and with 10 partitions. */
function cases({ Produce, Fetch, encodeRequest, encodeResponse, readRequest }, int64) {
  const uuid = 'AAAAAAAAAAAAAAAAAAAAAA';
  const records = [Buffer.alloc(1000)];
  const offset = int64(2 ** 34 + 5);
  const minusOne = int64(-1);
  const produce = encodeRequest(Produce, 13, 1, 'client-1', {
    ...Produce.requestType.zero,
    topicData: [{ name: '', topicId: uuid, partitionData: [{ index: 3, records }] }],
  }).subarray(4);
  const produced = (index) => ({
    ...{ index, errorCode: 0, baseOffset: offset, logAppendTimeMs: minusOne },
    ...{ logStartOffset: int64(0), recordErrors: [], errorMessage: null, currentLeader: null },
  });
  const wanted = (partition) => ({
    ...{ partition, currentLeaderEpoch: 3, fetchOffset: offset, lastFetchedEpoch: -1 },
    ...{ logStartOffset: minusOne, partitionMaxBytes: 1 << 20, replicaDirectoryId: uuid },
    highWatermark: int64(2 ** 63),
  });
  const fetched = (partitionIndex) => ({
    ...{ partitionIndex, errorCode: 0, highWatermark: offset, lastStableOffset: offset },
    ...{ logStartOffset: int64(0), divergingEpoch: null, currentLeader: null, snapshotId: null },
    ...{ abortedTransactions: null, preferredReadReplica: -1, records },
  });
  const count = (n, make) => Array.from({ length: n }, (_, index) => make(index));
  const fetchRequest = (n) =>
    encodeRequest(Fetch, 12, 1, 'client-1', {
      ...Fetch.requestType.zero,
      topics: [{ topic: 'orders', topicId: uuid, partitions: count(n, wanted) }],
    }).subarray(4);
  const fetchResponse = (n) => ({
    ...Fetch.responseType.zero,
    responses: [{ topic: 'orders', topicId: uuid, partitions: count(n, fetched) }],
  });
  const produceResponse = {
    ...Produce.responseType.zero,
    responses: [{ name: '', topicId: uuid, partitionResponses: [produced(3)] }],
  };
  const read = (api, frame) => () => {
    const { header, body } = readRequest(frame);
    return api.request(header.apiVersion).read(body);
  };
  const write = (api, version, body) => () => encodeResponse(api, version, 1, body);
  return {
    'Produce request, read': read(Produce, produce),
    'Produce response, written': write(Produce, 13, produceResponse),
    'Fetch request of 1, read': read(Fetch, fetchRequest(1)),
    'Fetch response of 1, written': write(Fetch, 12, fetchResponse(1)),
    'Fetch request of 10, read': read(Fetch, fetchRequest(10)),
    'Fetch response of 10, written': write(Fetch, 12, fetchResponse(10)),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'odradek-int64-'));
const loaded = [];
for (const name of Object.keys(variants)) loaded.push([name, await load(name, folder)]);
rmSync(folder, { recursive: true });

const samples = new Map();
for (let round = -5; round < rounds; round++) {
  for (const title of Object.keys(loaded[0][1])) {
    // None of them always runs in the wake of the same other one.
    loaded.push(loaded.shift());
    for (const [name, variant] of loaded) {
      const run = variant[title];
      // Processor time: other processes on the machine do not count.
      const before = process.cpuUsage();
      for (let call = 0; call < callsPerRound; call++) run();
      const { user, system } = process.cpuUsage(before);
      const nanoseconds = (1000 * (user + system)) / callsPerRound;
      const key = `${title} ${name}`;
      if (round >= 0) samples.set(key, [...(samples.get(key) ?? []), nanoseconds]);
    }
  }
}

const sorted = (values) => [...values].sort((a, b) => a - b);
const show = (values) => `${values[values.length >> 1].toFixed(0)} (${values[0].toFixed(0)})`;
console.log(`ns a call: median (least) of ${rounds} interleaved rounds of ${callsPerRound} calls`);
console.log(`| | ${Object.keys(variants).join(' | ')} | bigint ÷ number |`);
console.log(`| --- |${' ---: |'.repeat(loaded.length + 1)}`);
for (const title of Object.keys(loaded[0][1])) {
  const taken = Object.keys(variants).map((name) => sorted(samples.get(`${title} ${name}`)));
  const middle = rounds >> 1;
  const ratio = (taken.at(-1)[middle] / taken[0][middle]).toFixed(2);
  console.log(`| ${title} | ${taken.map(show).join(' | ')} | ${ratio} |`);
}
