import { describe, expect, test } from 'vitest';
import { attributes, batch } from '../harness/batch.ts';
import type { ReadBatch } from '../harness/read-batches.ts';
import type { Topic } from '../harness/topic.ts';
import { Transactional } from '../harness/transaction.ts';
import { until } from '../harness/until.ts';
import { useCluster } from '../harness/use-cluster.ts';

const cluster = useCluster();
const deleteHorizonFlag = 64;

interface Producer {
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
}

/** A topic in which every batch begins a segment, so that those before it can be compacted. */
class Compacted {
  readonly topic: Topic;
  #timestamp = Date.now() - 600_000;

  constructor(topic: Topic) {
    this.topic = topic;
  }

  static async make(
    configs: Readonly<Record<string, string>> = {},
    replicas?: readonly number[],
  ): Promise<Compacted> {
    const always = {
      ...{ 'cleanup.policy': 'compact', 'segment.ms': '1000' },
      'min.cleanable.dirty.ratio': '0.001',
    };
    const place = replicas === undefined ? {} : { replicas: [replicas] };
    return new Compacted(await cluster().topic({ configs: { ...always, ...configs }, ...place }));
  }

  /** What is written from now on is younger than what another has written with the time of day. */
  later(): void {
    this.#timestamp = Date.now() + 60_000;
  }

  /** One batch of records like `k=v`; `k` alone is a tombstone. */
  async write(texts: readonly string[], producer: Producer = {}): Promise<void> {
    this.#timestamp += 10_000;
    const records = texts.map((text) => {
      const [key, value] = text.split('=') as [string, string?];
      return { key, value: value ?? null, timestamp: this.#timestamp };
    });
    expect(await this.topic.produce(batch(records, producer))).toMatchObject({ error: 'NONE' });
  }

  /** A fetch brings one segment at a time. */
  async batches(brokerId: number): Promise<ReadBatch[]> {
    const { offset: end } = await this.topic.listOffset(-1);
    const all: ReadBatch[] = [];
    for (let offset = 0; offset < end; ) {
      const { batches } = await this.topic.fetch({ offset, brokerId });
      const last = batches.at(-1);
      if (last === undefined) break;
      all.push(...batches);
      offset = last.baseOffset + last.lastOffsetDelta + 1;
    }
    return all;
  }

  /** Until it holds these, as `offset key=value`; gives the batches that they are in. */
  async untilHolds(expected: readonly string[], brokerId?: number): Promise<ReadBatch[]> {
    return await until(`the log holds ${expected}`, async () => {
      const batches = await this.batches(brokerId ?? (await this.topic.leader()));
      const told = batches.flatMap(({ records }) =>
        records.map(
          ({ offset, key, value }) => `${offset} ${key}${value === null ? '' : `=${value}`}`,
        ),
      );
      return told.join() === expected.join() ? batches : undefined;
    });
  }
}

describe('compaction', () => {
  test('keeps the latest record of each key, at its offset', async () => {
    const log = await Compacted.make();
    await log.write(['a=1', 'b=1', 'c=1']);
    await log.write(['a=2', 'd=1']);
    await log.write(['c=2']);
    await log.write(['a=3']);
    await log.untilHolds(['1 b=1', '3 a=2', '4 d=1', '5 c=2', '6 a=3']);
    expect(await log.topic.listOffset(-2)).toMatchObject({ offset: 0 });
    expect(await log.topic.listOffset(-1)).toMatchObject({ offset: 7 });
  });

  test('a batch keeps its offsets, its leader epoch and its producer', async () => {
    const log = await Compacted.make();
    const producer = { producerId: 4_000_001, producerEpoch: 3, baseSequence: 0 };
    await log.write(['a=1', 'b=1', 'c=1'], producer);
    await log.write(['a=2', 'c=2']);
    await log.write(['end=1']);
    const [first] = await log.untilHolds(['1 b=1', '3 a=2', '4 c=2', '5 end=1']);
    expect(first).toMatchObject({
      ...producer,
      ...{ baseOffset: 0, lastOffsetDelta: 2, count: 1, crcIsRight: true, partitionLeaderEpoch: 0 },
    });
  });

  test.each(['gzip', 'lz4'])('a batch packed with %s stays packed', async (codec) => {
    const log = await Compacted.make({ 'compression.type': codec });
    await log.write(['a=1', 'b=1']);
    await log.write(['a=2']);
    await log.write(['end=1']);
    const [first] = await log.untilHolds(['1 b=1', '2 a=2', '3 end=1']);
    expect(first).toMatchObject({ codec, count: 1, crcIsRight: true });
  });

  test("a producer's last batch stays without records", async () => {
    const log = await Compacted.make();
    const producer = { producerId: 4_000_002, producerEpoch: 0, baseSequence: 0 };
    await log.write(['a=1', 'b=1'], producer);
    await log.write(['a=2', 'b=2']);
    await log.write(['end=1']);
    const [first] = await log.untilHolds(['2 a=2', '3 b=2', '4 end=1']);
    expect(first).toMatchObject({ ...producer, baseOffset: 0, lastOffsetDelta: 1, count: 0 });
    expect(first).toMatchObject({ baseTimestamp: -1, crcIsRight: true });
  });

  test('a tombstone is marked with the time at which it may go', async () => {
    const log = await Compacted.make({ 'delete.retention.ms': '3600000' });
    const before = Date.now();
    await log.write(['a=1', 'b=1']);
    await log.write(['a']);
    await log.write(['end=1']);
    const [first, second] = await log.untilHolds(['1 b=1', '2 a', '3 end=1']);
    expect(first!.attributes).toBe(0);
    expect(second!.attributes).toBe(deleteHorizonFlag);
    expect(second!.baseTimestamp).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(second!.records[0]!.timestamp).toBe(second!.maxTimestamp);
  });

  test('a tombstone goes when its time has come', async () => {
    const log = await Compacted.make({ 'delete.retention.ms': '0' });
    await log.write(['a=1', 'b=1']);
    await log.write(['a']);
    await log.write(['c=1']);
    await log.untilHolds(['1 b=1', '2 a', '3 c=1']);
    await log.write(['end=1']);
    await log.untilHolds(['1 b=1', '3 c=1', '4 end=1']);
  });

  test('a follower compacts its own log', async () => {
    const [first, second] = cluster().brokerIds;
    const log = await Compacted.make({}, [first!, second!]);
    await log.write(['a=1', 'b=1']);
    await log.write(['a=2', 'c=1']);
    await log.write(['end=1']);
    for (const brokerId of [first, second]) {
      await log.untilHolds(['1 b=1', '2 a=2', '3 c=1', '4 end=1'], brokerId);
    }
  });

  test('a marker goes after its transaction, but for the epoch of its producer', async () => {
    const log = await Compacted.make({ 'delete.retention.ms': '0' });
    const producer = await Transactional.ready(cluster());
    const { id, producerId, epoch } = producer;
    const fields = { producerId, producerEpoch: epoch, baseSequence: 0 };
    const aborted = batch([{ key: 'aborted', value: '1', timestamp: Date.now() - 600_000 }], {
      ...fields,
      attributes: attributes.transactional,
    });
    await until('it is written', async () => {
      const { error } = await log.topic.produce(aborted, { version: 13, transactionalId: id });
      return error === 'NONE' ? true : undefined;
    });
    await producer.ended(false);
    log.later();
    const all = async () => log.batches(await log.topic.leader());
    const markers = async () =>
      (await all()).filter((each) => (each.attributes & attributes.control) !== 0);
    expect(await markers()).toMatchObject([{ baseOffset: 1, count: 1 }]);
    for (const offset of [2, 3]) await log.write([`a=${offset}`]);
    // Each of these lets one more be compacted.
    for (let offset = 4; offset < 9; offset++) {
      await log.write([`a=${offset}`]);
      await until(`offset ${offset - 2} has gone`, async () =>
        (await all()).some(({ baseOffset }) => baseOffset === offset - 2) ? undefined : true,
      );
    }
    expect(await markers()).toMatchObject([
      { baseOffset: 1, count: 0, crcIsRight: true, producerId, producerEpoch: epoch + 1 },
    ]);
    expect(await log.topic.fetch({ isolationLevel: 1 })).toMatchObject({ abortedTransactions: [] });
  });
});
