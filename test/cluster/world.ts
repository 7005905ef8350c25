import type { RequestOf, ResponseOf } from '../../src/broker/request-context.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { Knobs } from '../../src/config/knobs.ts';
import { staticConfigs } from '../../src/config/static-configs.ts';
import { ErrorCode } from '../../src/protocol/error-code.ts';
import { type ApiName, apis } from '../../src/protocol/messages/index.ts';
import { buildBatch } from '../../src/protocol/records/batch-builder.ts';
import { recordsOf } from '../../src/protocol/records/batch-records.ts';
import { sizeOf } from '../../src/protocol/records/record-batch.ts';
import { ZERO_UUID } from '../../src/protocol/types.ts';

/** A reply that may still be parked. */
interface Reply<T> {
  value: T | undefined;
}

interface WorldOptions {
  readonly brokers?: number;
  readonly seed?: number;
  readonly config?: Record<string, string>;
  readonly perBroker?: Record<number, Record<string, string>>;
  readonly knobs?: Partial<Knobs>;
  /** Node ids; several have elected one when the constructor is done. */
  readonly controllers?: readonly number[];
}

/** A cluster in virtual time, spoken to without sockets. Time moves by `advance` alone. */
export class World {
  readonly cluster: Cluster;

  constructor(options: WorldOptions = {}) {
    const brokerIds = Array.from({ length: options.brokers ?? 3 }, (_, index) => index + 1);
    const configs = staticConfigs({
      brokerIds,
      config: options.config ?? {},
      perBroker: options.perBroker ?? {},
    });
    this.cluster = new Cluster({
      seed: options.seed ?? 1,
      startMs: 0,
      knobs: options.knobs ?? {},
      ...(options.controllers === undefined ? {} : { controllers: options.controllers }),
      brokers: brokerIds.map((brokerId) => ({
        brokerId,
        configs: configs.brokers.get(brokerId) ?? new Map<string, string>(),
      })),
    });
    for (const brokerId of brokerIds) {
      this.cluster.advertise(brokerId, { host: 'localhost', port: 9091 + brokerId });
    }
    this.cluster.start();
    this.cluster.clock.settle();
    if (this.cluster.controllerIds.length > 1) this.advance(1000);
  }

  advance(durationMs: number): void {
    this.cluster.clock.advanceTo(this.cluster.clock.now() + durationMs);
  }

  /** Sends a request to a broker; the reply may come later. */
  send<Name extends ApiName>(
    brokerId: number,
    api: Name,
    request: RequestOf<Name>,
    apiVersion = apis[api].versions[1] as number,
  ): Reply<ResponseOf<Name> | 'no-reply' | 'close'> {
    const reply: Reply<ResponseOf<Name> | 'no-reply' | 'close'> = { value: undefined };
    const broker = this.cluster.broker(brokerId);
    if (broker === undefined) throw new Error(`broker ${brokerId} is not running`);
    broker.handle(
      api,
      request,
      { apiVersion, clientId: 'test', clientHost: '/127.0.0.1' },
      (outcome) => {
        reply.value = outcome;
      },
    );
    this.cluster.clock.settle();
    return reply;
  }

  createTopic(
    name: string,
    assignments: readonly (readonly number[])[],
    configs: Record<string, string> = {},
  ): void {
    const reply = this.send(this.anyBroker(), 'CreateTopics', {
      topics: [
        {
          name,
          numPartitions: -1,
          replicationFactor: -1,
          assignments: assignments.map((brokerIds, partitionIndex) => ({
            partitionIndex,
            brokerIds,
          })),
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        },
      ],
      timeoutMs: 1000,
      validateOnly: false,
    });
    const answer = reply.value as ResponseOf<'CreateTopics'>;
    const error = answer.topics[0]?.errorCode;
    if (error !== ErrorCode.NONE) throw new Error(`creating ${name} failed with ${error}`);
  }

  alterTopic(resourceName: string, configs: Record<string, string>): void {
    const changes = Object.entries(configs).map(([name, value]) => ({
      ...{ name, value, configOperation: 0 },
    }));
    const resources = [{ resourceType: 2, resourceName, configs: changes }];
    this.send(this.anyBroker(), 'IncrementalAlterConfigs', { resources, validateOnly: false });
  }

  deleteTopic(name: string): void {
    const topics = [{ name, topicId: ZERO_UUID }];
    this.send(this.anyBroker(), 'DeleteTopics', { topics, topicNames: [], timeoutMs: 1000 });
  }

  anyBroker(): number {
    const running = this.cluster.brokerIds.find((brokerId) => this.cluster.isRunning(brokerId));
    if (running === undefined) throw new Error('no broker is running');
    return running;
  }

  leader(topic: string, partition = 0): number {
    return this.partition(topic, partition).leader;
  }

  partition(topic: string, partition = 0) {
    const image = this.cluster.metadata.topicsByName.get(topic)?.partitions[partition];
    if (image === undefined) throw new Error(`there is no ${topic}-${partition}`);
    return image;
  }

  log(brokerId: number, topic: string, partition = 0) {
    const replica = this.cluster.replica(brokerId, topic, partition);
    if (replica === undefined) throw new Error(`broker ${brokerId} has no ${topic}-${partition}`);
    return replica.log;
  }

  /** Writes one batch to the leader; the answer for its partition, when there is one. */
  produce(
    topic: string,
    values: readonly string[],
    options: { acks?: number; partition?: number; timeoutMs?: number; brokerId?: number } = {},
  ): () => { errorCode: number; baseOffset: number } | undefined {
    const { acks = -1, partition = 0, timeoutMs = 1000 } = options;
    const { brokerId = this.leader(topic, partition) } = options;
    const batch = buildBatch(values.map((value) => ({ value: Buffer.from(value) })));
    const request = {
      transactionalId: null,
      acks,
      timeoutMs,
      topicData: [
        {
          name: topic,
          topicId: ZERO_UUID,
          partitionData: [{ index: partition, records: [batch] }],
        },
      ],
    };
    const reply = this.send(brokerId, 'Produce', request, 12);
    return () => {
      if (typeof reply.value !== 'object') return undefined;
      return reply.value.responses[0]?.partitionResponses[0];
    };
  }

  /** The values of a replica's log, from its start to its end. */
  values(brokerId: number, topic: string, partition = 0): string[] {
    const log = this.log(brokerId, topic, partition);
    const { logStartOffset, logEndOffset } = log;
    const { chunks } = log.read(logStartOffset, {
      maxSizeBytes: 2 ** 30,
      untilOffset: logEndOffset,
      atLeastOneBatch: true,
    });
    const values: string[] = [];
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += sizeOf(chunk, at)) {
        for (const { value } of recordsOf(chunk, at) ?? [])
          values.push(String(value && Buffer.from(value)));
      }
    }
    return values;
  }
}
