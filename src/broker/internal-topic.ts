import type { TopicImage } from '../controller/cluster-metadata.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { Broker } from './broker.ts';

/** So long the first who needs a coordinator waits at most. */
const creationTimeoutMs = 1000;

interface InternalTopicOptions {
  readonly name: string;
  /** As the broker's configs have it when the topic is made. */
  readonly settings: () => {
    readonly numPartitions: number;
    readonly replicationFactor: number;
    readonly configs: Readonly<Record<string, string>>;
  };
}

/** Makes a coordinator's topic when it is first needed, as Kafka does. */
export class InternalTopic {
  readonly name: string;
  readonly #broker: Broker;
  readonly #options: InternalTopicOptions;
  #waiting: (() => void)[] = [];

  constructor(broker: Broker, options: InternalTopicOptions) {
    this.name = options.name;
    this.#broker = broker;
    this.#options = options;
  }

  get image(): TopicImage | undefined {
    return this.#broker.metadata.topicsByName.get(this.name);
  }

  /** What it has, or will have. */
  get partitionCount(): number {
    return this.image?.partitions.length ?? this.#options.settings().numPartitions;
  }

  /** Calls back when this broker knows the topic, or when there is no hope of that for now. */
  ensure(then: () => void): void {
    if (this.image !== undefined) {
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
    const { configs, ...sizes } = this.#options.settings();
    const topic = {
      name: this.name,
      ...sizes,
      assignments: [],
      configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
    };
    const request = { topics: [topic], timeoutMs: creationTimeoutMs, validateOnly: false };
    this.#broker.callController('createTopics', request, (response) => {
      const errorCode = response?.topics[0]?.errorCode;
      done(errorCode === ErrorCode.NONE || errorCode === ErrorCode.TOPIC_ALREADY_EXISTS);
    });
  }
}
