import { ErrorCode } from '../protocol/error-code.ts';
import type { Broker } from './broker.ts';

export const offsetsTopic = '__consumer_offsets';

/** So long the first who needs a group coordinator waits at most. */
const creationTimeoutMs = 1000;

/** Makes `__consumer_offsets` when it is first needed, as Kafka does. */
export class OffsetsTopic {
  readonly #broker: Broker;
  #waiting: (() => void)[] = [];

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** Calls back when this broker knows the topic, or when there is no hope of that for now. */
  ensure(then: () => void): void {
    if (this.#broker.metadata.topicsByName.has(offsetsTopic)) {
      then();
      return;
    }
    this.#waiting.push(then);
    if (this.#waiting.length > 1) return;
    this.#broker.clock.after(creationTimeoutMs, () => this.settled());
    this.#create((created) => {
      if (!created) this.settled();
    });
  }

  /** The topic has come. */
  settled(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const then of waiting) then();
  }

  #create(done: (created: boolean) => void): void {
    const { settings } = this.#broker;
    const topic = {
      name: offsetsTopic,
      numPartitions: settings.offsetsTopicNumPartitions,
      replicationFactor: settings.offsetsTopicReplicationFactor,
      assignments: [],
      configs: [
        { name: 'cleanup.policy', value: 'compact' },
        { name: 'segment.bytes', value: String(settings.offsetsTopicSegmentBytes) },
        { name: 'compression.type', value: 'producer' },
      ],
    };
    const request = { topics: [topic], timeoutMs: creationTimeoutMs, validateOnly: false };
    this.#broker.callController('createTopics', request, (response) => {
      const errorCode = response?.topics[0]?.errorCode;
      done(errorCode === ErrorCode.NONE || errorCode === ErrorCode.TOPIC_ALREADY_EXISTS);
    });
  }
}
