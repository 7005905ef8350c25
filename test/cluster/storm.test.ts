import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RequestOf } from '../../src/broker/request-context.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { ZERO_UUID } from '../../src/protocol/types.ts';
import type { Network } from '../../src/simulation/network.ts';
import { World } from './world.ts';

const brokers = [1, 2, 3];
const controller = 3000;
const names = ['a', 'b', 'c'];
const settings = { 'replica.lag.time.max.ms': '2000', 'log.retention.check.interval.ms': '5000' };

type Step =
  | { readonly do: 'produce'; readonly topic: string; readonly acks: number }
  | { readonly do: 'create' | 'delete' | 'grow' | 'delete records'; readonly topic: string }
  | { readonly do: 'fetch'; readonly topic: string; readonly broker: number }
  | { readonly do: 'crash' | 'restart' | 'bounce'; readonly broker: number }
  | { readonly do: 'crash two'; readonly broker: number }
  | { readonly do: 'cut' | 'slow' | 'heal'; readonly from: number; readonly to: number }
  | { readonly do: 'advance'; readonly ms: number };

const broker = fc.constantFrom(...brokers);
const node = fc.constantFrom(controller, ...brokers);
const topic = fc.constantFrom(...names);
const one = <const Name extends string>(...choice: Name[]) => fc.constantFrom(...choice);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: one('produce'), topic, acks: fc.constantFrom(1, -1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: one('create', 'delete', 'grow', 'delete records'), topic }),
  },
  { weight: 1, arbitrary: fc.record({ do: one('fetch'), topic, broker }) },
  { weight: 3, arbitrary: fc.record({ do: one('crash', 'restart', 'bounce'), broker }) },
  { weight: 1, arbitrary: fc.record({ do: one('crash two'), broker }) },
  { weight: 3, arbitrary: fc.record({ do: one('cut', 'slow', 'heal'), from: node, to: node }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: one('advance'), ms: fc.constantFrom(1, 30, 400, 1500, 35_000) }),
  },
);

/** A cluster whose topics, brokers and links come and go; in the end all must be well again. */
class Storm {
  readonly world: World;
  readonly #open: {
    readonly brokerId: number;
    readonly start: number;
    readonly reply: { readonly value: unknown };
  }[] = [];
  readonly #starts = new Map(brokers.map((brokerId) => [brokerId, 1]));
  #produced = 0;

  constructor(seed: number) {
    this.world = new World({ seed, config: settings });
  }

  step(step: Step): void {
    const { cluster } = this.world;
    switch (step.do) {
      case 'produce':
        this.#produce(step.topic, step.acks);
        break;
      case 'create':
      case 'delete':
      case 'grow':
      case 'delete records':
      case 'fetch':
        this.#ask(step);
        break;
      case 'crash':
        this.#crash(step.broker);
        break;
      case 'crash two':
        for (const brokerId of brokers) if (brokerId !== step.broker) this.#crash(brokerId);
        break;
      case 'restart':
        cluster.restart(step.broker);
        break;
      case 'bounce':
        this.#crash(step.broker);
        cluster.restart(step.broker);
        break;
      case 'cut':
        this.#link(step, { cut: true });
        break;
      case 'slow':
        this.#link(step, { latencyMs: 20, jitterMs: 60 });
        break;
      case 'heal':
        this.#link(step, { cut: false, latencyMs: 0, jitterMs: 0 });
        break;
      case 'advance':
        this.world.advance(step.ms);
        break;
    }
    cluster.clock.settle();
  }

  /** Ends every fault, and gives the cluster the time in which it must have got over them. */
  calm(): void {
    const { cluster } = this.world;
    for (const from of [controller, ...brokers]) {
      for (const to of [controller, ...brokers]) this.step({ do: 'heal', from, to });
    }
    for (const brokerId of brokers) cluster.restart(brokerId);
    this.world.advance(90_000);
    this.#checkReplicas();
    this.#checkWrites();
    this.#checkReplies();
  }

  #checkReplicas(): void {
    const { cluster } = this.world;
    for (const { name, partitions } of cluster.metadata.topicsByName.values()) {
      partitions.forEach((image, index) => {
        const where = `${name}-${index}`;
        expect([...image.isr].sort(), where).toEqual([...image.replicas].sort());
        const leader = this.world.log(image.leader, name, index);
        expect(leader.highWatermark, where).toBe(leader.logEndOffset);
        const values = this.world.values(image.leader, name, index);
        for (const brokerId of image.replicas) {
          const replica = this.world.log(brokerId, name, index);
          expect(replica.logEndOffset, where).toBe(leader.logEndOffset);
          // A deletion that has not come round when its leader ends is forgotten, as in Kafka: the
          // log of the old leader then starts later than that of the new one.
          expect(replica.logStartOffset, where).toBeGreaterThanOrEqual(leader.logStartOffset);
          const missing = replica.logStartOffset - leader.logStartOffset;
          expect(this.world.values(brokerId, name, index), where).toEqual(values.slice(missing));
        }
      });
    }
    for (const brokerId of brokers) {
      const running = cluster.broker(brokerId);
      expect(running?.metadata.offset).toBe(cluster.metadata.offset);
      for (const { identity } of running?.replicas.partitions() ?? []) {
        expect(cluster.metadata.topicsById.has(identity.topicId), identity.name).toBe(true);
      }
    }
  }

  /** Everything works at once: acks=all on every partition is answered in the same instant. */
  #checkWrites(): void {
    for (const { name, partitions } of this.world.cluster.metadata.topicsByName.values()) {
      for (const partition of partitions.keys()) {
        const answer = this.world.produce(name, [`v${this.#produced++}`], { partition });
        expect(answer()?.errorCode, `${name}-${partition}`).toBe(ErrorCode.NONE);
      }
    }
  }

  #checkReplies(): void {
    for (const { brokerId, start, reply } of this.#open) {
      if (this.#starts.get(brokerId) !== start) continue; // its connection broke
      expect(reply.value).toBeDefined();
    }
    for (const brokerId of brokers) {
      // One long poll of each follower that there may be.
      const parked = this.world.cluster.broker(brokerId)?.replicas.purgatory.size;
      expect(parked).toBeLessThanOrEqual(brokers.length - 1);
    }
  }

  #crash(brokerId: number): void {
    if (!this.world.cluster.isRunning(brokerId)) return;
    this.#starts.set(brokerId, this.#starts.get(brokerId)! + 1);
    this.world.cluster.crash(brokerId);
  }

  #link(
    { from, to }: { readonly from: number; readonly to: number },
    change: Parameters<Network['setLink']>[1],
  ): void {
    this.world.cluster.network.setLink({ from, to }, change);
  }

  #produce(name: string, acks: number): void {
    const image = this.world.cluster.metadata.topicsByName.get(name);
    image?.partitions.forEach(({ leader }, index) => {
      if (leader < 0 || !this.world.cluster.isRunning(leader)) return;
      this.world.produce(name, [`v${this.#produced++}`], { acks, partition: index });
    });
  }

  #ask(step: Extract<Step, { readonly topic: string }>): void {
    const brokerId = brokers.find((id) => this.world.cluster.isRunning(id));
    if (brokerId === undefined) return;
    const { topic: name } = step;
    if (step.do === 'create') {
      const topics = [
        { name, numPartitions: 2, replicationFactor: 3, assignments: [], configs: [] },
      ];
      this.#send(brokerId, 'CreateTopics', { topics, timeoutMs: 100, validateOnly: false });
    } else if (step.do === 'delete') {
      const topics = [{ name, topicId: ZERO_UUID }];
      this.#send(brokerId, 'DeleteTopics', { topics, topicNames: [], timeoutMs: 100 });
    } else if (step.do === 'grow') {
      const count =
        (this.world.cluster.metadata.topicsByName.get(name)?.partitions.length ?? 0) + 1;
      const topics = [{ name, count, assignments: null }];
      this.#send(brokerId, 'CreatePartitions', { topics, timeoutMs: 100, validateOnly: false });
    } else if (step.do === 'delete records') {
      const leader =
        this.world.cluster.metadata.topicsByName.get(name)?.partitions[0]?.leader ?? -1;
      if (leader < 0 || !this.world.cluster.isRunning(leader)) return;
      const topics = [{ name, partitions: [{ partitionIndex: 0, offset: -1 }] }];
      this.#send(leader, 'DeleteRecords', { topics, timeoutMs: 1000 });
    } else if (step.do === 'fetch' && this.world.cluster.isRunning(step.broker)) {
      this.#send(step.broker, 'Fetch', fetchOf(name), 12);
    }
  }

  #send<
    Name extends 'CreateTopics' | 'DeleteTopics' | 'CreatePartitions' | 'DeleteRecords' | 'Fetch',
  >(brokerId: number, api: Name, request: RequestOf<Name>, version?: number): void {
    const reply = this.world.send(brokerId, api, request, version);
    this.#open.push({ brokerId, start: this.#starts.get(brokerId)!, reply });
  }
}

const fetchOf = (topicName: string): RequestOf<'Fetch'> => ({
  clusterId: null,
  replicaId: -1,
  replicaState: null,
  maxWaitMs: 700,
  minBytes: 1,
  maxBytes: 1 << 20,
  isolationLevel: 0,
  sessionId: 0,
  sessionEpoch: 0,
  topics: [
    {
      topic: topicName,
      topicId: ZERO_UUID,
      partitions: [0, 1].map((partition) => ({
        partition,
        currentLeaderEpoch: -1,
        fetchOffset: 0,
        lastFetchedEpoch: -1,
        logStartOffset: -1,
        partitionMaxBytes: 1 << 20,
        replicaDirectoryId: ZERO_UUID,
        highWatermark: -1,
      })),
    },
  ],
  forgottenTopicsData: [],
  rackId: '',
});

test('after any storm of faults and topics that come and go the cluster is whole again', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }),
      (seed, steps) => {
        const storm = new Storm(seed);
        for (const name of names.slice(0, 2)) storm.step({ do: 'create', topic: name });
        for (const each of steps) storm.step(each);
        storm.calm();
      },
    ),
    { numRuns: Number(process.env.ODRADEK_RUNS ?? 60) },
  );
});
