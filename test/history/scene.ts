import type { HistoryConsumerOptions, HistoryProducerOptions } from '../../src/history/history.ts';
import { History } from '../../src/history/history.ts';
import type { HistoryTransaction } from '../../src/history/history-producer.ts';
import type { LoggedRecord, LogView } from '../../src/history/log-view.ts';

/** Records of topic t, as short as they can be told: `a` at offset 3 is `at(3, 'a')`. */
export const at = (offset: number, value: string, partition = 0) => ({
  topic: 't',
  partition,
  offset,
  value,
});

export const place = (partition = 0) => ({ topic: 't', partition });

type At = ReturnType<typeof at>;

/** The log of partition 0, up to and with its last record. */
export function logOf(
  records: readonly (At & { readonly state?: LoggedRecord['state'] })[],
  more: Partial<LogView> = {},
): LogView {
  const endOffset = Math.max(-1, ...records.map(({ offset }) => offset)) + 1;
  return {
    ...place(),
    startOffset: 0,
    highWatermark: endOffset,
    endOffset,
    compacted: false,
    records: records.map(({ offset, value, state = 'committed' }) => ({ offset, value, state })),
    ...more,
  };
}

/** A history, and short words for what clients do in it. */
export class Scene {
  readonly history: History;
  logs: readonly LogView[] = [];

  constructor() {
    this.history = new History({ logs: () => this.logs });
  }

  producer(client = 'p', options: HistoryProducerOptions = {}) {
    const producer = this.history.producer(client, options);
    return {
      begin: () => producer.begin(),
      send: (...records: At[]) => send(producer, records),
    };
  }

  consumer(client = 'c', options: HistoryConsumerOptions = {}) {
    return this.history.consumer(client, { fromBeginning: true, ...options });
  }
}

/** Sends records that will lie there, or have an offset only if they are acknowledged. */
export function send(by: Pick<HistoryTransaction, 'send'>, records: readonly At[]) {
  const sending = by.send(
    records.map(({ topic, partition, value }) => ({ topic, partition, value })),
  );
  return {
    acknowledged: () => sending.acknowledged(records),
    failed: () => sending.failed(),
  };
}
