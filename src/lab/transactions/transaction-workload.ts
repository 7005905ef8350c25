import type { RequestOf } from '../../broker/request-context.ts';
import { History } from '../../history/history.ts';
import type { HistoryProducer, HistorySend } from '../../history/history-producer.ts';
import { logView } from '../../history/log-view.ts';
import { actingCoordinator, offsetsPartition, offsetsTopic } from '../groups/acting-coordinator.ts';
import type { GroupApi } from '../groups/member-wire.ts';
import type { Fate, Laboratory, TopicPlan } from '../laboratory.ts';
import { type Delivery, Producer, type Target } from '../producer.ts';
import type { ClientAction } from '../profile.ts';
import type { Workload } from '../workload.ts';
import { transactionTopic } from './acting-transaction-coordinators.ts';
import { CommittedReader } from './committed-reader.ts';
import { TransactionAudit } from './transaction-audit.ts';
import { TransactionInvariants } from './transaction-invariants.ts';
import type { TransactionProfile } from './transaction-profile.ts';
import type { ClientVersion } from './transaction-wire.ts';
import { TransformClient } from './transform-client.ts';

interface Surroundings {
  readonly laboratory: Laboratory;
  readonly profile: TransactionProfile;
  /** Nobody looks inside. */
  readonly onlyHistory: boolean;
}

const groupId = 'g';
const clientsMax = 4;
/** No coordinator gives it out: it writes the input alone. */
const inputProducerId = 1_000_000;
const nothing = (): void => {};
const fates: readonly Fate[] = ['request-lost', 'response-lost', 'late', 'repeated'];

const targetsOf = ({ name, assignments }: TopicPlan): Target[] =>
  assignments.map((_, partition) => ({ topic: name, partition }));

/**
 * Clients transform what is produced, each input in one transaction with its output, while they and
 * the cluster fail; in the end each input was transformed exactly once.
 */
export class TransactionWorkload implements Workload {
  readonly #laboratory: Laboratory;
  readonly #profile: TransactionProfile;
  readonly #inputs: readonly Target[];
  readonly #outputs: readonly Target[];
  readonly #audit: TransactionAudit;
  readonly #clients: TransformClient[] = [];
  readonly #producer: Producer;
  readonly #inputProducer: HistoryProducer;
  readonly #sends = new Map<string, HistorySend>();
  readonly #readers: readonly CommittedReader[];
  /** Begin when all else is done. */
  #finalReaders: readonly CommittedReader[] = [];
  readonly #onlyHistory: boolean;
  readonly #transactionInvariants: TransactionInvariants | undefined;
  #isCalm = false;

  constructor({ laboratory, profile, onlyHistory }: Surroundings) {
    this.#laboratory = laboratory;
    this.#profile = profile;
    this.#onlyHistory = onlyHistory;
    this.#inputs = targetsOf(profile.input);
    this.#outputs = targetsOf(profile.output);
    const logs = () =>
      [...this.#inputs, ...this.#outputs].map((target) =>
        logView(this.#leaderLog(target)!, target),
      );
    this.#audit = new TransactionAudit(new History({ logs }));
    this.#inputProducer = this.#audit.history.producer('input');
    const done = ({ value, partition, baseOffset, outcome }: Delivery) => {
      if (outcome !== 'acknowledged') return;
      this.#sends.get(value)!.acknowledged({ partition, offset: baseOffset });
    };
    const options = { laboratory, acks: -1, idempotent: true, done, outOfOrder: nothing };
    this.#producer = new Producer(inputProducerId, options);
    this.#readers = this.#readersOf('reader');
    const targets = [...this.#outputs, { topic: offsetsTopic, partition: 0 }];
    const { cluster } = laboratory;
    const producers = () =>
      this.#clients.map(({ name, producer: { identity } }) => ({ name, identity }));
    const watched = { cluster, targets, producers };
    this.#transactionInvariants = onlyHistory ? undefined : new TransactionInvariants(watched);
    // So that the internal topics are there before anything goes wrong.
    for (const [keyType, key] of [groupId, 'x'].entries()) {
      const request = { key: '', keyType, coordinatorKeys: [key] };
      laboratory.send(1, 'FindCoordinator', request, nothing);
    }
    laboratory.advance(2000);
  }

  act(name: ClientAction): void {
    const { choices } = this.#laboratory;
    const living = this.#living;
    const awake = living.filter(({ member }) => !member.isStalled);
    if (name === 'produce') this.#produce();
    else if (name === 'consume') choices.pick(this.#readers, 'reader').read();
    else if (name === 'join-group') this.#join();
    else if (name === 'transform') this.#toOne(awake, (client) => client.transform());
    else if (name === 'leave-group') this.#toOne(awake, ({ member }) => member.leave());
    else if (name === 'crash-member') this.#toOne(awake, ({ member }) => member.crash());
    else if (name === 'stall-member') this.#toOne(awake, ({ member }) => member.stall());
    else if (name === 'wake-member') this.#toOne(living, ({ member }) => member.resume());
    else if (name === 'crash-coordinator') this.#crashCoordinator();
    else if (name === 'move-coordinator') this.#moveCoordinator();
  }

  check(): void {
    this.#transactionInvariants?.check();
  }

  calm(): void {
    this.#isCalm = true;
    for (const { member } of this.#living) member.resume();
  }

  missing(): string | undefined {
    const living = this.#living;
    if (living.length === 0) this.#join();
    for (const client of living) client.transform();
    for (const reader of this.#readers) reader.read();
    if (this.#producer.pending > 0) return 'the input is not written yet';
    const missing = this.#missingOffsets() ?? this.#missingMarkers();
    if (missing !== undefined) return missing;
    if (this.#finalReaders.length === 0) this.#finalReaders = this.#readersOf('last reader');
    for (const reader of [...this.#readers, ...this.#finalReaders]) {
      const { topic, partition } = reader.target;
      if (reader.position === this.#leaderLog(reader.target)?.logEndOffset) continue;
      reader.read();
      return `${topic}-${partition} is read up to ${reader.position}`;
    }
    return undefined;
  }

  end(): void {
    if (this.#onlyHistory) {
      this.judge();
      return;
    }
    const inputs = this.#inputs.flatMap((target) =>
      Array.from({ length: this.#leaderLog(target)!.logEndOffset }, (_, offset) => ({
        ...target,
        offset,
      })),
    );
    this.#audit.end(
      inputs,
      this.#finalReaders.flatMap(({ values }) => values),
    );
  }

  judge(): void {
    this.#audit.judge();
  }

  get #living(): TransformClient[] {
    return this.#clients.filter(({ isLive }) => isLive);
  }

  #readersOf(name: string): CommittedReader[] {
    const { history } = this.#audit;
    return this.#outputs.map(
      (target) => new CommittedReader(target, name, this.#laboratory, history),
    );
  }

  #produce(): void {
    const target = this.#laboratory.choices.pick(this.#inputs, 'partition');
    const value = `v${this.#sends.size}`;
    this.#sends.set(value, this.#inputProducer.send({ ...target, value }));
    this.#producer.produce(target, value);
  }

  #join(): void {
    const { choices } = this.#laboratory;
    if (this.#living.length >= clientsMax) return;
    const { kinds, clientVersions, transactionalIds, input, output } = this.#profile;
    const name = `c${this.#clients.length + 1}`;
    const plan = { groupId, input: input.name, output: output.name };
    const ids = transactionalIds.length === 0 ? [name] : transactionalIds;
    const kind = choices.pick(kinds, 'kind of member');
    const transactionalId = choices.pick(ids, 'transactional id');
    const clientVersion = choices.pick(clientVersions, 'version of the client');
    const client = new TransformClient({
      plan: { ...plan, outputPartitions: this.#outputs.length },
      ...{ laboratory: this.#laboratory, audit: this.#audit, name, kind },
      transactionalId,
      clientVersion: this.#noDowngrade(transactionalId, clientVersion),
      transactionTimeoutMs: this.#profile.transactionTimeoutMs,
      deliveryTimeoutMs: this.#profile.deliveryTimeoutMs,
      groupFateOf: (api, request) => this.#groupFateOf(api, request),
      fateOf: () => this.#fateOf(),
      isCalm: () => this.#isCalm,
      fenced: (one, fencing) => this.#transactionInvariants?.fenced(one, fencing),
    });
    this.#clients.push(client);
    client.start();
  }

  /**
   * Nobody gets an epoch of an id after a newer client has one. In Apache Kafka, too, a client that
   * an older one has fenced takes that one's abort for its own, and so its epoch.
   */
  #noDowngrade(transactionalId: string, wanted: ClientVersion): ClientVersion {
    const others = this.#clients
      .map(({ producer }) => producer)
      .filter((producer) => producer.transactionalId === transactionalId);
    const latest = others.at(-1)?.clientVersion ?? wanted;
    const isUpgrade = wanted > latest && others.every(({ isInitialised }) => isInitialised);
    return isUpgrade ? wanted : latest;
  }

  #fateOf(): Fate {
    const { mishapsIn } = this.#profile;
    const { choices } = this.#laboratory;
    if (this.#isCalm || mishapsIn === 0 || !choices.chance(mishapsIn, 'mishap')) return 'delivered';
    return choices.pick(fates, 'what becomes of the request');
  }

  /** What comes late is the business of groups, and not of transactions. */
  #groupFateOf(_api: GroupApi, _request: RequestOf<GroupApi>): Fate {
    const fate = this.#fateOf();
    return fate === 'late' || fate === 'repeated' ? 'delivered' : fate;
  }

  #missingOffsets(): string | undefined {
    const { cluster } = this.#laboratory;
    const coordinator = actingCoordinator(cluster, groupId);
    if (coordinator === undefined) return `group ${groupId} has no coordinator`;
    for (const target of this.#inputs) {
      const { topic, partition } = target;
      const end = this.#leaderLog(target)?.logEndOffset;
      const offset = coordinator.shard.offsets.fetch(groupId, topic, partition)?.offset ?? 0;
      if (offset !== end) return `${topic}-${partition} is transformed up to ${offset} of ${end}`;
    }
    return undefined;
  }

  #missingMarkers(): string | undefined {
    for (const target of [...this.#outputs, { topic: offsetsTopic, partition: 0 }]) {
      const log = this.#leaderLog(target);
      if (log !== undefined && log.lastStableOffset === log.logEndOffset) continue;
      return `${target.topic}-${target.partition} is stable up to ${log?.lastStableOffset}`;
    }
    return undefined;
  }

  #leaderLog({ topic, partition }: Target) {
    const { cluster } = this.#laboratory;
    const image = cluster.metadata.topicsByName.get(topic)?.partitions[partition];
    return image && cluster.replica(image.leader, topic, partition)?.log;
  }

  #toOne(clients: readonly TransformClient[], act: (client: TransformClient) => void): void {
    if (clients.length > 0) act(this.#laboratory.choices.pick(clients, 'client'));
  }

  /** That of the group, or of a partition of transactional ids. */
  #pickCoordinator(): Target {
    const { choices, cluster } = this.#laboratory;
    const group = { topic: offsetsTopic, partition: offsetsPartition(cluster, groupId) };
    const { partitions = [] } = cluster.metadata.topicsByName.get(transactionTopic) ?? {};
    const others = partitions.map((_, partition) => ({ topic: transactionTopic, partition }));
    return choices.pick([...others, group], 'coordinator');
  }

  #crashCoordinator(): void {
    const { cluster } = this.#laboratory;
    const { topic, partition } = this.#pickCoordinator();
    const leader = cluster.metadata.topicsByName.get(topic)?.partitions[partition]?.leader ?? -1;
    if (leader >= 0) cluster.crash(leader);
  }

  /** Another replica comes first, so it will lead; or another broker takes a replica over. */
  #moveCoordinator(): void {
    const { choices, cluster, running } = this.#laboratory;
    if (running.length === 0) return;
    const { topic, partition } = this.#pickCoordinator();
    const image = cluster.metadata.topicsByName.get(topic)?.partitions[partition];
    if (image === undefined) return;
    const first = choices.choose(cluster.brokerIds.length, 'first replica');
    const ids = [...cluster.brokerIds.slice(first), ...cluster.brokerIds.slice(0, first)];
    const replicas = ids.slice(0, image.replicas.length);
    const topics = [{ name: topic, partitions: [{ partitionIndex: partition, replicas }] }];
    const request = { timeoutMs: 1000, allowReplicationFactorChange: true, topics };
    const brokerId = choices.pick(running, 'broker');
    this.#laboratory.send(brokerId, 'AlterPartitionReassignments', request, nothing);
  }
}
