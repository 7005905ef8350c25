import { HistoryConsumer } from './history-consumer.ts';
import { HistoryProducer } from './history-producer.ts';
import type { Identify } from './identity.ts';
import type { LogView } from './log-view.ts';
import type { Acks, Isolation, Operation } from './operation.ts';
import { Recorder } from './recorder.ts';

export interface HistoryOptions {
  /** What tells a record from all others of its topic. Default: its value. */
  readonly identify?: Identify;
  /** What the brokers have in the end, asked for by the checker. */
  readonly logs?: (identify?: Identify) => readonly LogView[];
}

export interface HistoryProducerOptions {
  /** As in Produce: what was acknowledged without replicas may be lost, and is reported. */
  readonly acks?: Acks;
  /** Sends that overlap keep their order as well, as those of Kafka's own producer. */
  readonly keepsOrder?: boolean;
}

export interface HistoryConsumerOptions {
  readonly group?: string;
  readonly isolation?: Isolation;
  /** Where its group has committed nothing it begins with the first record there is. */
  readonly fromBeginning?: boolean;
}

/**
 * What clients did and were told, in the order in which they noted it. Whatever is begun and not
 * said to have ended is unknown: it may have happened or not.
 */
export class History {
  readonly #recorder: Recorder;
  readonly #logs: () => readonly LogView[];

  constructor({ identify, logs = () => [] }: HistoryOptions = {}) {
    this.#recorder = new Recorder(identify);
    this.#logs = () => logs(identify);
  }

  /** A producer of this name: one process. Who begins anew has another name. */
  producer(client: string, options: HistoryProducerOptions = {}): HistoryProducer {
    return new HistoryProducer(this.#recorder, { client, ...options });
  }

  /** A consumer of this name: one process. Who begins anew has another name. */
  consumer(client: string, options: HistoryConsumerOptions = {}): HistoryConsumer {
    const { group, isolation = 'read_committed', fromBeginning = false } = options;
    return new HistoryConsumer(this.#recorder, { client, group, isolation, fromBeginning });
  }

  /** All of it, oldest first. */
  get operations(): readonly Operation[] {
    return this.#recorder.operations;
  }

  /** What the brokers have now. */
  logs(): readonly LogView[] {
    return this.#logs();
  }
}
