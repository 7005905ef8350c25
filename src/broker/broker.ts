import type { BrokerConfiguration } from '../config/broker-configuration.ts';
import type { BrokerSettings } from '../config/broker-settings.ts';
import type { ConfigMap } from '../config/dynamic-configs.ts';
import { type Knobs, modernKnobs } from '../config/knobs.ts';
import {
  type ClusterMetadata,
  emptyMetadata,
  isActive,
  type TopicImage,
} from '../controller/cluster-metadata.ts';
import type { CallName, CallRequest, CallResponse } from '../controller/controller-call.ts';
import type { Endpoint, MetadataRecord } from '../controller/metadata-records.ts';
import type { CallVoter } from '../controller/raft/messages.ts';
import { MetadataObserver } from '../controller/raft/metadata-observer.ts';
import { raftSettings } from '../controller/raft/raft-settings.ts';
import type { CoordinatorEvent } from '../coordinator/coordinator-event.ts';
import { ErrorCode } from '../protocol/error-code.ts';
import type { ApiName } from '../protocol/messages/index.ts';
import type { LogStore } from '../replication/log-store.ts';
import type { PartitionIdentity } from '../replication/partition-assignment.ts';
import { ReplicaManager } from '../replication/replica-manager.ts';
import type { ReplicaEvent } from '../replication/replication-event.ts';
import type { ReplicationQuotaOptions } from '../replication/replication-quota.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Random } from '../simulation/random.ts';
import type { BrokerEvent } from './broker-event.ts';
import { controllerChannel } from './controller-channel.ts';
import { FetchSessionCache } from './fetch-session-cache.ts';
import { GroupCoordinators } from './group-coordinators.ts';
import { handlers } from './handlers/index.ts';
import { leaderChannel } from './leader-channel.ts';
import { Lifecycle } from './lifecycle.ts';
import { LiveConfigs, type TopicConfig } from './live-configs.ts';
import { ProducerIdBlock } from './producer-id-block.ts';
import type { HandlerOutcome, RequestContext, RequestOf, ResponseOf } from './request-context.ts';
import { TransactionCoordinators } from './transaction-coordinators.ts';
import { TransactionPartitions } from './transaction-partitions.ts';

export type CallController = <Name extends CallName>(
  name: Name,
  request: CallRequest<Name>,
  /** undefined: no active controller was found. */
  reply: (response: CallResponse<Name> | undefined) => void,
) => void;

/** Asks one controller, which may not be the active one: then it has no response. */
export type CallControllerNode = <Name extends CallName>(
  nodeId: number,
  name: Name,
  request: CallRequest<Name>,
  reply: (response: CallResponse<Name> | undefined) => void,
) => void;

export type CallBroker = <Name extends ApiName>(
  brokerId: number,
  api: Name,
  request: RequestOf<Name>,
  /** undefined: the connection broke, or no answer came in time. */
  reply: (response: ResponseOf<Name> | undefined) => void,
) => void;

interface BrokerOptions {
  readonly brokerId: number;
  readonly clusterId: string;
  readonly incarnation: number;
  readonly endpoint: Endpoint;
  readonly configs: ConfigMap;
  readonly knobs?: Knobs;
  readonly logs: LogStore;
  readonly clock: Clock;
  readonly random: Random;
  /** The controllers of the cluster, by node id. */
  readonly voters: readonly number[];
  readonly callVoter: CallVoter;
  readonly callController: CallControllerNode;
  readonly callBroker: CallBroker;
  /** `about`: the partition that it concerns, if any. */
  readonly emit: (event: BrokerEvent | CoordinatorEvent | ReplicaEvent, about?: string) => void;
}

/** One broker process: takes requests at one door, and acts on what the controller publishes. */
export class Broker {
  readonly brokerId: number;
  readonly clusterId: string;
  readonly clock: Clock;
  readonly knobs: Knobs;
  readonly callController: CallController;
  readonly replicas: ReplicaManager;
  readonly fetchSessions: FetchSessionCache;
  readonly producerIds: ProducerIdBlock;
  readonly groups: GroupCoordinators;
  readonly transactions: TransactionCoordinators;
  readonly transactionPartitions: TransactionPartitions;
  readonly #options: BrokerOptions;
  readonly #random: Random;
  readonly #configs: LiveConfigs;
  readonly #lifecycle: Lifecycle;
  readonly #observer: MetadataObserver;
  #metadata = emptyMetadata;
  /** The newest image that came before this process heard that it is registered. */
  #early = emptyMetadata;
  #stopped = false;

  constructor(options: BrokerOptions) {
    const { brokerId, clusterId, clock, random, emit } = options;
    this.#options = options;
    this.brokerId = brokerId;
    this.clusterId = clusterId;
    this.clock = clock;
    this.knobs = options.knobs ?? modernKnobs;
    this.callController = controllerChannel(clock, this.#tryController);
    this.#random = random.fork('choices');
    this.#configs = new LiveConfigs(brokerId, options.configs, this.knobs);
    this.#lifecycle = new Lifecycle({
      ...options,
      callController: this.#tryController,
      rack: this.settings.brokerRack,
      heartbeatIntervalMs: () => this.settings.brokerHeartbeatIntervalMs,
      metadataOffset: () => this.#metadata.offset,
      previousBrokerEpoch: options.logs.openForBroker(),
      registered: (brokerEpoch) => {
        emit({ type: 'broker-registered', brokerEpoch });
        this.applyMetadata(this.#early, []);
      },
    });
    this.#observer = new MetadataObserver({
      ...options,
      random: random.fork('observer'),
      settings: () => raftSettings(this.settings),
      call: options.callVoter,
      apply: (metadata, records) => this.applyMetadata(metadata, records),
    });
    this.replicas = this.#replicaManager();
    this.fetchSessions = new FetchSessionCache(random.fork('fetch-sessions'));
    this.groups = new GroupCoordinators(this, random.fork('groups'), emit);
    this.transactions = new TransactionCoordinators(this, options.callBroker, emit);
    this.transactionPartitions = new TransactionPartitions(this, options.callBroker);
    this.producerIds = new ProducerIdBlock((reply) => {
      const request = { brokerId, brokerEpoch: this.brokerEpoch };
      this.callController('allocateProducerIds', request, (response) =>
        reply(response?.errorCode === ErrorCode.NONE ? response : undefined),
      );
    });
  }

  /** The cluster as this broker knows it; it may be behind the controller. */
  get metadata(): ClusterMetadata {
    return this.#metadata;
  }

  /** -1 before the controller has registered this process. */
  get brokerEpoch(): number {
    return this.#lifecycle.brokerEpoch;
  }

  get hasStopped(): boolean {
    return this.#stopped;
  }

  get configuration(): BrokerConfiguration {
    return this.#configs.configuration;
  }

  get settings(): BrokerSettings {
    return this.#configs.settings;
  }

  topicSettings(topic: string): TopicConfig {
    return this.#configs.topic(topic);
  }

  /** One of a group's own configs, or what this broker has in its place. */
  groupConfig(groupId: string, name: string): number {
    return this.#configs.group(groupId, name);
  }

  /** Any one of `brokerIds`, or -1 if there is none. */
  someBroker(brokerIds: readonly number[]): number {
    return brokerIds[this.#random.below(brokerIds.length)] ?? -1;
  }

  emit(event: BrokerEvent): void {
    this.#options.emit(event);
  }

  start(): void {
    this.emit({ type: 'broker-started' });
    this.replicas.start();
    this.#observer.start();
    this.transactions.start();
    this.#lifecycle.register();
  }

  /** The process ends without a word. Nothing of it acts any more; its logs stay as they are. */
  stop(): void {
    this.#stopped = true;
    this.#lifecycle.stop();
    this.replicas.stop();
  }

  /** Hands over what it leads, writes down what a clean start needs, then stops. */
  shutdown(stopped: () => void): void {
    this.emit({ type: 'broker-shutting-down' });
    this.#lifecycle.shutDown(() => {
      this.stop();
      this.#options.logs.closeCleanly(this.brokerEpoch, this.clock.now());
      this.emit({ type: 'broker-stopped' });
      stopped();
    });
  }

  /** The one door of a broker: clients' requests and followers' alike. */
  handle<Name extends ApiName>(
    api: Name,
    request: RequestOf<Name>,
    context: RequestContext,
    reply: (outcome: HandlerOutcome<Name>) => void,
  ): void {
    handlers[api](this, request, context, reply);
  }

  /** The controller has committed `records`, and `metadata` is what they make of the cluster. */
  applyMetadata(metadata: ClusterMetadata, records: readonly MetadataRecord[]): void {
    const before = this.#metadata;
    if (metadata.offset <= before.offset) return;
    // What was before its own registration is not for this process: it would lead what it led.
    if (this.brokerEpoch < 0 || metadata.offset <= this.brokerEpoch) {
      this.#early = metadata;
      return;
    }
    this.#metadata = metadata;
    this.#configs.update(metadata.configs);
    const isNext = before.offset + records.length === metadata.offset;
    const touched = isNext ? touchedTopics(records) : this.#allTopics(before);
    for (const topicId of touched) this.#applyTopic(topicId, before.topicsById.get(topicId));
    if (touched.size > 0) this.#topicsChanged(before, touched);
    let brokersChanged = !isNext;
    for (const record of records) {
      if (!('brokerId' in record) || record.type === 'producer-ids') continue;
      brokersChanged = true;
      if ('fenced' in record && record.fenced) this.replicas.brokerFenced(record.brokerId);
    }
    if (brokersChanged) this.replicas.reconsiderIsr();
    this.#lifecycle.metadataChanged();
  }

  #topicsChanged(before: ClusterMetadata, touched: ReadonlySet<string>): void {
    const removed = [...touched].flatMap((topicId) => {
      const isGone = !this.#metadata.topicsById.has(topicId);
      return isGone ? (before.topicsById.get(topicId) ?? []) : [];
    });
    this.groups.topicsChanged(removed);
    this.transactions.topicsChanged(removed);
  }

  /** Once, and only at the controller that leads as far as this broker knows. */
  readonly #tryController: CallController = (name, request, reply) => {
    const { leaderId } = this.#observer;
    if (leaderId === undefined) this.clock.after(0, () => reply(undefined));
    else this.#options.callController(leaderId, name, request, reply);
  };

  #applyTopic(topicId: string, before: TopicImage | undefined): void {
    const topic = this.#metadata.topicsById.get(topicId);
    if (topic === undefined) {
      this.replicas.removeTopic(topicId);
      return;
    }
    topic.partitions.forEach((partition, index) => {
      if (before?.partitions[index] === partition) return;
      if (!partition.replicas.includes(this.brokerId)) {
        this.replicas.removeReplica(topicId, index, partition.leaderEpoch);
        return;
      }
      const identity = {
        topicId,
        topic: topic.name,
        partition: index,
        name: `${topic.name}-${index}`,
      };
      this.replicas.assign(identity, partition);
    });
  }

  /** After a start, or when something was missed: whatever is there, was there, or lies on disk. */
  #allTopics(before: ClusterMetadata): Set<string> {
    const { topicsById } = this.#metadata;
    const onDisk = this.#options.logs.topicIds();
    return new Set([...onDisk, ...before.topicsById.keys(), ...topicsById.keys()]);
  }

  #quotaOptions(side: 'leader' | 'follower'): ReplicationQuotaOptions {
    return {
      now: () => this.clock.now(),
      bytesPerSecond: () => this.#configs.replicationRates[side],
      windows: () => ({
        count: this.settings.replicationQuotaWindowNum,
        lengthMs: this.settings.replicationQuotaWindowSizeSeconds * 1000,
      }),
      throttledReplicas: (topic) => this.topicSettings(topic).throttledReplicas[side],
    };
  }

  #replicaManager(): ReplicaManager {
    const { brokerId, clock, logs, callBroker } = this.#options;
    const emit = ({ name }: PartitionIdentity, event: ReplicaEvent) =>
      this.#options.emit(event, name);
    logs.attach({ logConfig: (topic) => this.topicSettings(topic), emit });
    return new ReplicaManager({
      brokerId,
      clock,
      logs,
      settings: () => this.settings,
      isrSettings: (topic) => this.topicSettings(topic),
      isEligible: (id, brokerEpoch) => {
        const known = this.#metadata.brokers.get(id);
        const isProcess = brokerEpoch < 0 || known?.brokerEpoch === brokerEpoch;
        return isProcess && isActive(this.#metadata, id);
      },
      requestIsrChange: ({ topicId, partition }, change, reply) => {
        const { brokerEpoch } = this;
        // Who leads has recovered, if it ever had to.
        const leaderRecoveryState = 'Recovered' as const;
        const target = { topicId, partition, leaderRecoveryState };
        const request = { brokerId, brokerEpoch, ...target, ...change };
        this.callController('alterPartition', request, (response) => {
          if (response === undefined) reply({ errorCode: ErrorCode.NETWORK_EXCEPTION });
          else reply({ errorCode: response.errorCode, assignment: response.partition });
        });
      },
      emit,
      fetcher: (leader) => leaderChannel(this, leader, callBroker),
      quota: (side) => this.#quotaOptions(side),
    });
  }
}

function touchedTopics(records: readonly MetadataRecord[]): Set<string> {
  const touched = new Set<string>();
  for (const record of records) {
    if ('topicId' in record && record.topicId !== null) touched.add(record.topicId);
  }
  return touched;
}
