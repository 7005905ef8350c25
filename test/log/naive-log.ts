import type { RecordToWrite } from '../../src/protocol/records/batch-builder.ts';

interface NaiveBatch {
  readonly base: number;
  readonly last: number;
  readonly sizeBytes: number;
  readonly epoch: number;
  readonly records: readonly { id: string; timestampMs: number }[];
}

interface NaiveSegment {
  base: number;
  batches: NaiveBatch[];
}

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
const size = (segment: NaiveSegment): number => sum(segment.batches.map((one) => one.sizeBytes));
const maxTimestamp = (batch: NaiveBatch): number =>
  Math.max(-1, ...batch.records.map(({ timestampMs }) => timestampMs));
const greatest = (segment: NaiveSegment): number =>
  Math.max(-1, ...segment.batches.map(maxTimestamp));

/** What a log is, without an index, a block or a cleverness. */
export class NaiveLog {
  segments: NaiveSegment[] = [{ base: 0, batches: [] }];
  start = 0;
  end = 0;
  highWatermark = 0;
  readonly #limits: { segmentBytes: number; segmentMs: number };

  constructor(limits: { segmentBytes: number; segmentMs: number }) {
    this.#limits = limits;
  }

  get batches(): NaiveBatch[] {
    return this.segments.flatMap((segment) => segment.batches);
  }

  append(batch: NaiveBatch): void {
    const active = this.segments.at(-1)!;
    const first = active.batches[0];
    const full = size(active) + batch.sizeBytes > this.#limits.segmentBytes;
    // All happens at one time here, so a segment grows old by timestamps alone.
    const since = first ? maxTimestamp(first) : -1;
    const old = since >= 0 && maxTimestamp(batch) - since > this.#limits.segmentMs;
    if (full || old) this.segments.push({ base: batch.base, batches: [] });
    this.segments.at(-1)!.batches.push(batch);
    this.end = batch.last + 1;
  }

  /** The batches a read gives: of one segment, whole, below `until`, and within the size. */
  read(from: number, until: number, maxSizeBytes: number, atLeastOne: boolean): NaiveBatch[] {
    for (const { batches } of this.segments) {
      const rest = batches.filter((batch) => batch.last >= from);
      if (rest.length === 0) continue;
      const found: NaiveBatch[] = [];
      let room = maxSizeBytes;
      for (const batch of rest) {
        room -= batch.sizeBytes;
        const fits = room >= 0 || (atLeastOne && found.length === 0);
        if (batch.last >= until || !fits) break;
        found.push(batch);
      }
      return found;
    }
    return [];
  }

  truncate(offset: number): void {
    if (offset >= this.end) return;
    if (offset < this.segments[0]!.base) {
      this.restart(offset);
      return;
    }
    this.segments = this.segments.filter(({ base }, index) => index === 0 || base <= offset);
    for (const segment of this.segments) {
      const cut = segment.batches.findIndex(({ last }) => last >= offset);
      if (cut !== -1) segment.batches.length = cut;
    }
    this.end = offset;
    this.start = Math.min(this.start, offset);
    this.highWatermark = Math.min(this.highWatermark, offset);
  }

  restart(offset: number): void {
    this.segments = [{ base: offset, batches: [] }];
    this.start = offset;
    this.end = offset;
    this.highWatermark = offset;
  }

  retain(nowMs: number, retentionMs: number, retentionBytes: number): void {
    const drop = (expired: (segment: NaiveSegment, next?: NaiveSegment) => boolean) => {
      while (this.segments.length > 0) {
        const [oldest, next] = this.segments as [NaiveSegment, NaiveSegment?];
        const above = (next?.base ?? this.end) > this.highWatermark;
        if (above || !expired(oldest, next) || (!next && oldest.batches.length === 0)) break;
        if (!next) this.segments.push({ base: this.end, batches: [] });
        this.segments.shift();
        this.start = Math.max(this.start, this.segments[0]!.base);
      }
    };
    drop((_, next) => next !== undefined && next.base <= this.start);
    drop((oldest) => sum(this.segments.map(size)) - size(oldest) >= retentionBytes);
    drop((oldest) => greatest(oldest) >= 0 && nowMs - greatest(oldest) > retentionMs);
  }

  forTimestamp(timestampMs: number): { offset: number; timestampMs: number } | undefined {
    return this.#records().find(
      (record) => record.offset >= this.start && record.timestampMs >= timestampMs,
    );
  }

  ofMaxTimestamp(): { offset: number; timestampMs: number } | undefined {
    const records = this.#records();
    const max = Math.max(-1, ...this.batches.map(maxTimestamp));
    return records.find((record) => record.timestampMs === max);
  }

  #records() {
    return this.batches.flatMap(({ base, records }) =>
      records.map(({ timestampMs }, index) => ({ offset: base + index, timestampMs })),
    );
  }
}

/** The records of a batch that can be told from every other. */
export function namedRecords(name: string, timestamps: readonly number[]) {
  return timestamps.map(
    (timestampMs, index): Required<Pick<RecordToWrite, 'value' | 'timestampMs'>> => ({
      value: Buffer.from(`${name}.${index}`),
      timestampMs,
    }),
  );
}
