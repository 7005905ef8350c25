import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterEvent } from '../cluster/cluster-event.ts';
import type { DynamicConfigs } from '../config/dynamic-configs.ts';
import type { ClusterMetadata } from '../controller/cluster-metadata.ts';
import type { Stamped } from '../simulation/trace.ts';
import { mustHold } from './invariant-broken.ts';
import { PartitionInvariants, type PartitionRules } from './partition-invariants.ts';
import { QuorumInvariants } from './quorum-invariants.ts';

const brokerOf = (node: string): number => Number(node.slice(node.lastIndexOf(' ') + 1));

/**
 * Looks at a cluster after every event, at whatever that event has touched, and throws
 * `InvariantBroken` when something does not hold that must.
 */
export class Invariants {
  readonly #cluster: Cluster;
  readonly #partitions = new Map<string, PartitionInvariants>();
  readonly #images = new Map<number, ClusterMetadata>();
  /** How often each broker has started, and which start of it ended without a word. */
  readonly #starts = new Map<number, number>();
  readonly #unclean = new Map<number, number>();
  /** Processes that have not been registered yet. */
  readonly #nameless = new Set<number>();
  /** Whose disk has just lost something. */
  readonly #lost = new Set<number>();
  readonly #quorum: QuorumInvariants;
  #quorumTouched = true;
  #touched = new Set<string>();
  #metadata: ClusterMetadata | undefined;
  #registered: { readonly brokerId: number; readonly incarnation: number }[] = [];
  readonly #rulesByTopic = new Map<string, PartitionRules>();
  #configs: DynamicConfigs | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#quorum = new QuorumInvariants(cluster);
    for (const brokerId of cluster.brokerIds) this.#starts.set(brokerId, 1);
    cluster.trace.subscribe((stamped) => this.#note(stamped));
  }

  /** How often something was lost, or may have been, that Kafka would have lost as well. */
  get losses(): number {
    let sum = 0;
    for (const partition of this.#partitions.values()) sum += partition.losses;
    return sum;
  }

  /** Something committed was lost that Kafka would have lost as well. */
  get lostCommitted(): boolean {
    return [...this.#partitions.values()].some(({ lostCommitted }) => lostCommitted);
  }

  partition(topic: string, index: number): PartitionInvariants | undefined {
    const topicId = this.#cluster.metadata.topicsByName.get(topic)?.topicId;
    return topicId === undefined ? undefined : this.#watch(topicId, topic, index);
  }

  /** To be called after each event. */
  check(): void {
    if (this.#quorumTouched) this.#quorum.check();
    this.#quorumTouched = false;
    const { metadata } = this.#cluster;
    for (const brokerId of this.#lost) this.#diskLost(brokerId);
    this.#lost.clear();
    if (metadata !== this.#metadata) this.#checkMetadata(metadata);
    if (this.#touched.size === 0) return;
    const touched = this.#touched;
    this.#touched = new Set();
    for (const name of touched) this.#checkPartition(metadata, name);
  }

  /** Everything, whether touched or not. */
  checkAll(): void {
    for (const { name, partitions } of this.#cluster.metadata.topicsByName.values()) {
      for (const index of partitions.keys()) this.#touched.add(`${name}-${index}`);
    }
    this.check();
  }

  #note({ node, about, event }: Stamped<ClusterEvent>): void {
    if (about !== '') this.#touched.add(about);
    if (node.startsWith('controller')) this.#quorumTouched = true;
    switch (event.type) {
      case 'high-watermark-advanced':
        this.#named(about)?.highWatermarkAdvanced(brokerOf(node), event.to);
        break;
      case 'truncated':
        this.#named(about)?.truncated(brokerOf(node), event.logEndOffset);
        break;
      case 'broker-started':
        this.#starts.set(brokerOf(node), (this.#starts.get(brokerOf(node)) ?? 0) + 1);
        this.#nameless.add(brokerOf(node));
        break;
      case 'broker-registered':
        this.#nameless.delete(brokerOf(node));
        break;
      case 'broker-crashed':
        this.#endedUncleanly(brokerOf(node));
        if (event.loss !== 'nothing') this.#lost.add(brokerOf(node));
        break;
      case 'broker-stopped':
        // As in Kafka: what stopped before it had an epoch has none to leave behind.
        if (this.#nameless.has(brokerOf(node))) this.#endedUncleanly(brokerOf(node));
        else this.#unclean.delete(brokerOf(node));
        break;
      case 'metadata-committed':
        if (event.record.type === 'register-broker') this.#registered.push(event.record);
        break;
    }
  }

  #endedUncleanly(brokerId: number): void {
    this.#unclean.set(brokerId, this.#starts.get(brokerId)!);
    for (const { name, topicId, partitions } of this.#cluster.metadata.topicsByName.values()) {
      for (const [index, { replicas }] of partitions.entries()) {
        if (replicas.includes(brokerId)) this.#watch(topicId, name, index).endedUncleanly(brokerId);
      }
    }
  }

  #diskLost(brokerId: number): void {
    for (const { name, topicId, partitions } of this.#cluster.metadata.topicsByName.values()) {
      for (const index of partitions.keys()) {
        this.#watch(topicId, name, index).diskLost(brokerId);
        this.#touched.add(`${name}-${index}`);
      }
    }
  }

  #checkMetadata(metadata: ClusterMetadata): void {
    const before = this.#metadata;
    this.#metadata = metadata;
    this.#images.set(metadata.offset, metadata);
    for (const [topicId, topic] of metadata.topicsById) {
      const former = before?.topicsById.get(topicId);
      if (former === topic) continue;
      topic.partitions.forEach((partition, index) => {
        if (former?.partitions[index] !== partition) this.#touched.add(`${topic.name}-${index}`);
      });
    }
    this.#checkRegistrations(metadata);
    this.#checkBrokerImages();
  }

  /** I-16: who starts anew after an unclean end is nowhere in sync until it has caught up. */
  #checkRegistrations(metadata: ClusterMetadata): void {
    const registered = this.#registered;
    this.#registered = [];
    if (!this.#cluster.knobs.elr) return;
    for (const { brokerId, incarnation } of registered) {
      const unclean = this.#unclean.get(brokerId);
      if (unclean === undefined || incarnation <= unclean) continue;
      this.#unclean.delete(brokerId);
      for (const { name, partitions } of metadata.topicsByName.values()) {
        partitions.forEach(({ isr, elr }, index) => {
          mustHold('I-16', !isr.includes(brokerId) && !elr.includes(brokerId), () => {
            return `${name}-${index}: ${brokerId} ended uncleanly, and may lead on`;
          });
        });
      }
    }
  }

  /** I-23: whatever a broker acts on is one state of the cluster that was committed. */
  #checkBrokerImages(): void {
    for (const brokerId of this.#cluster.brokerIds) {
      const image = this.#cluster.broker(brokerId)?.metadata;
      if (image === undefined) continue;
      const known = this.#images.get(image.offset);
      mustHold('I-23', known === undefined || known === image, () => {
        return `broker ${brokerId} acts on a metadata log that was never committed`;
      });
    }
  }

  #checkPartition(metadata: ClusterMetadata, name: string): void {
    const dash = name.lastIndexOf('-');
    const topic = metadata.topicsByName.get(name.slice(0, dash));
    const index = Number(name.slice(dash + 1));
    const image = topic?.partitions[index];
    if (topic === undefined || image === undefined) return;
    this.#watch(topic.topicId, topic.name, index).check(image);
  }

  #named(name: string): PartitionInvariants | undefined {
    const dash = name.lastIndexOf('-');
    const topicId = this.#cluster.metadata.topicsByName.get(name.slice(0, dash))?.topicId;
    return this.#partitions.get(`${topicId}-${name.slice(dash + 1)}`);
  }

  #watch(topicId: string, topic: string, index: number): PartitionInvariants {
    const key = `${topicId}-${index}`;
    let watch = this.#partitions.get(key);
    if (watch === undefined) {
      const cluster = this.#cluster;
      const name = `${topic}-${index}`;
      watch = new PartitionInvariants({
        cluster,
        topicId,
        index,
        name,
        rules: () => this.#rules(topic),
      });
      this.#partitions.set(key, watch);
    }
    return watch;
  }

  #rules(topic: string): PartitionRules {
    const { configs } = this.#cluster.metadata;
    if (configs !== this.#configs) this.#rulesByTopic.clear();
    this.#configs = configs;
    let rules = this.#rulesByTopic.get(topic);
    if (rules === undefined) {
      const { minInSyncReplicas, uncleanLeaderElectionEnable } = this.#cluster.topicSettings(topic);
      const { elr, strictMinIsr } = this.#cluster.knobs;
      const uncleanElections = uncleanLeaderElectionEnable;
      rules = { minInSyncReplicas, uncleanElections, elr, strictMinIsr };
      this.#rulesByTopic.set(topic, rules);
    }
    return rules;
  }
}
