import { brokerConfiguration } from '../config/broker-configuration.ts';
import { brokerSettings } from '../config/broker-settings.ts';
import type { ConfigMap } from '../config/dynamic-configs.ts';
import { type Knobs, modernKnobs } from '../config/knobs.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Random } from '../simulation/random.ts';
import { allocateProducerIds } from './allocate-producer-ids.ts';
import { alterPartition } from './alter-partition.ts';
import { alterPartitionReassignments } from './alter-partition-reassignments.ts';
import { bootstrapRecords } from './bootstrap.ts';
import { fenceBroker } from './broker-changes.ts';
import { BrokerSessions } from './broker-sessions.ts';
import { alterConfigs, incrementalAlterConfigs } from './change-configs.ts';
import type { ClusterMetadata } from './cluster-metadata.ts';
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
import { describeQuorum } from './describe-quorum.ts';
import { electLeaders } from './elect-leaders.ts';
import { LeaderBalance } from './leader-balance.ts';
import { listPartitionReassignments } from './list-partition-reassignments.ts';
import type { MetadataRecord } from './metadata-records.ts';
import type { QuorumView } from './raft/quorum-view.ts';
import { unregisterBroker } from './unregister-broker.ts';
import { updateFeatures } from './update-features.ts';

/** The metadata log, to which a controller writes while it is the active one. */
interface ActiveLog {
  /** The cluster with everything decided so far, committed or not. */
  readonly metadata: ClusterMetadata;
  append(records: readonly MetadataRecord[]): void;
  describe(): QuorumView;
  /** Runs `run` when all that was appended so far is committed, or the leadership lost. */
  whenDecided(run: (committed: boolean) => void): void;
}

interface ControllerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /**
   * The static configs that count where the cluster as a whole is meant: those of the first
   * broker.
   */
  readonly configs: ConfigMap;
  readonly knobs?: Knobs;
  readonly log: ActiveLog;
}

/**
 * The active controller: decides everything that concerns more than one broker. Each decision is a
 * list of records, appended to the metadata log and replayed into the next image, on which the next
 * is made; the caller hears of it when it is committed. What is not in the log ends with it, so the
 * next active controller gives every broker a session anew.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #sessions: BrokerSessions;
  readonly #balance: LeaderBalance;
  readonly #handlers: { readonly [Name in CallName]: CallHandler<Name> };

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#sessions = new BrokerSessions({
      clock: options.clock,
      sessionTimeoutMs: () => brokerSettings(this.#configuration()).brokerSessionTimeoutMs,
      expired: (brokerId) => {
        if (this.#metadata.brokers.get(brokerId)?.fenced !== false) return;
        this.#append(fenceBroker(this.#context(), brokerId));
      },
    });
    this.#balance = new LeaderBalance({
      clock: options.clock,
      settings: () => brokerSettings(this.#configuration()),
      context: () => this.#context(),
      commit: (records) => this.#append(records),
    });
    this.#handlers = {
      registerBroker: (context, request) => this.#sessions.register(context, request),
      brokerHeartbeat: (context, request) => this.#sessions.heartbeat(context, request),
      alterPartition,
      allocateProducerIds,
      createTopics,
      deleteTopics,
      createPartitions,
      alterConfigs,
      incrementalAlterConfigs,
      electLeaders,
      alterPartitionReassignments,
      listPartitionReassignments,
      unregisterBroker,
      updateFeatures,
      describeQuorum: (_context, request) => describeQuorum(options.log.describe(), request),
    };
  }

  start(): void {
    if (this.#metadata.features.size === 0) {
      const { knobs = modernKnobs } = this.#options;
      this.#append(bootstrapRecords(this.#configuration(), knobs));
    }
    this.#sessions.start(this.#metadata);
    this.#balance.start();
  }

  stop(): void {
    this.#sessions.stop();
    this.#balance.stop();
  }

  /**
   * Decides on `request`, and replies when that is committed; undefined when another controller
   * has become active before.
   */
  handle<Name extends CallName>(
    name: Name,
    request: CallRequest<Name>,
    reply: (response: CallResponse<Name> | undefined) => void,
  ): void {
    const { records, response } = this.#handlers[name](this.#context(), request);
    this.#append(records);
    this.#options.log.whenDecided((committed) => reply(committed ? response : undefined));
  }

  get #metadata(): ClusterMetadata {
    return this.#options.log.metadata;
  }

  #context(): CallContext {
    return {
      metadata: this.#metadata,
      random: this.#options.random,
      configuration: this.#configuration(),
      knobs: this.#options.knobs ?? modernKnobs,
    };
  }

  #configuration() {
    return brokerConfiguration(-1, this.#options.configs, this.#metadata.configs);
  }

  #append(records: readonly MetadataRecord[]): void {
    this.#options.log.append(records);
  }
}
