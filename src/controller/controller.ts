import { brokerConfiguration } from '../config/broker-configuration.ts';
import { brokerSettings } from '../config/broker-settings.ts';
import type { ConfigMap } from '../config/dynamic-configs.ts';
import { type Knobs, modernKnobs } from '../config/knobs.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Random } from '../simulation/random.ts';
import { allocateProducerIds } from './allocate-producer-ids.ts';
import { alterPartition } from './alter-partition.ts';
import { bootstrapRecords } from './bootstrap.ts';
import { fenceBroker } from './broker-changes.ts';
import { BrokerSessions } from './broker-sessions.ts';
import { alterConfigs, incrementalAlterConfigs } from './change-configs.ts';
import { type ClusterMetadata, emptyMetadata, replay } from './cluster-metadata.ts';
import type {
  CallContext,
  CallHandler,
  CallName,
  CallRequest,
  CallResponse,
} from './controller-call.ts';
import { createPartitions } from './create-partitions.ts';
import { createTopics } from './create-topics.ts';
import { deleteTopics } from './delete-topics.ts';
import type { MetadataRecord } from './metadata-records.ts';

export type ControllerEvent = {
  readonly type: 'metadata-committed';
  readonly offset: number;
  readonly record: MetadataRecord;
};

interface ControllerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /**
   * The static configs that count where the cluster as a whole is meant: those of the first
   * broker.
   */
  readonly configs: ConfigMap;
  readonly knobs?: Knobs;
  readonly emit: (event: ControllerEvent) => void;
  /** Called after each commit, for the brokers to hear of it. */
  readonly publish: (metadata: ClusterMetadata, records: readonly MetadataRecord[]) => void;
  /** Called when a broker shows that it has missed something. */
  readonly publishTo: (brokerId: number, metadata: ClusterMetadata) => void;
}

/**
 * Decides everything that concerns more than one broker. Each decision is a list of records,
 * appended to the metadata log and replayed into the next image; the caller hears of it after that.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #sessions: BrokerSessions;
  readonly #handlers: { readonly [Name in CallName]: CallHandler<Name> };
  #metadata = emptyMetadata;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#sessions = new BrokerSessions({
      clock: options.clock,
      sessionTimeoutMs: () => brokerSettings(this.#configuration()).brokerSessionTimeoutMs,
      expired: (brokerId) => {
        if (this.#metadata.brokers.get(brokerId)?.fenced !== false) return;
        this.#commit(fenceBroker(this.#context(), brokerId));
      },
    });
    this.#handlers = {
      registerBroker: (context, request) => this.#sessions.register(context, request),
      brokerHeartbeat: (context, request) => {
        const { metadata } = context;
        const { brokerId, metadataOffset } = request;
        // Kafka's brokers fetch the metadata log; here it is sent, and what was lost is sent again.
        if (metadataOffset < metadata.offset) this.#options.publishTo(brokerId, metadata);
        return this.#sessions.heartbeat(context, request);
      },
      alterPartition,
      allocateProducerIds,
      createTopics,
      deleteTopics,
      createPartitions,
      alterConfigs,
      incrementalAlterConfigs,
    };
  }

  /** Writes what a new cluster begins with. */
  bootstrap(): void {
    this.#commit(bootstrapRecords(this.#configuration(), this.#options.knobs ?? modernKnobs));
  }

  get metadata(): ClusterMetadata {
    return this.#metadata;
  }

  /** Decides on `request`, commits what it takes, then replies. */
  handle<Name extends CallName>(
    name: Name,
    request: CallRequest<Name>,
    reply: (response: CallResponse<Name>) => void,
  ): void {
    const { records, response } = this.#handlers[name](this.#context(), request);
    this.#commit(records);
    reply(response);
  }

  #context(): CallContext {
    return {
      metadata: this.#metadata,
      random: this.#options.random,
      configuration: this.#configuration(),
    };
  }

  #configuration() {
    return brokerConfiguration(-1, this.#options.configs, this.#metadata.configs);
  }

  #commit(records: readonly MetadataRecord[]): void {
    if (records.length === 0) return;
    const { offset } = this.#metadata;
    this.#metadata = replay(this.#metadata, records);
    records.forEach((record, index) => {
      this.#options.emit({ type: 'metadata-committed', offset: offset + index, record });
    });
    this.#options.publish(this.#metadata, records);
  }
}
