import { assert } from '../../../src/assert.ts';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import type { Api } from '../../../src/protocol/api.ts';
import { decodeResponse, encodeRequest } from '../../../src/protocol/header.ts';
import { apis } from '../../../src/protocol/messages/index.ts';
import { buildBatch } from '../../../src/protocol/records/batch-builder.ts';
import type { Connection, Wire } from '../../../src/server/connection.ts';
import { Entrance } from '../../../src/server/entrance.ts';
import { brokerIds, buildCluster } from '../../server/build-cluster.ts';
import type { Known } from './mutate-body.ts';

const patienceMs = 10_000;
const canary = 'canary';
const config = {
  'auto.create.topics.enable': false,
  'default.replication.factor': 3,
  'min.insync.replicas': 2,
};

/** The client's end of a connection without a socket. */
class Line implements Wire {
  connection: Connection | undefined;
  isOver = false;
  /** How many replies came. */
  replies = 0;
  last: Buffer | undefined;

  /** Every piece is whole replies, one after another. */
  send(chunks: readonly Uint8Array[]): boolean {
    const bytes = Buffer.concat(chunks);
    for (let at = 0; at < bytes.length; ) {
      const sizeBytes = bytes.readInt32BE(at);
      assert(sizeBytes >= 4 && at + 4 + sizeBytes <= bytes.length, 'a reply is not framed');
      this.last = bytes.subarray(at + 4, at + 4 + sizeBytes);
      this.replies++;
      at += 4 + sizeBytes;
    }
    return true;
  }

  pause(): void {}
  resume(): void {}

  end(): void {
    this.isOver = true;
  }

  destroy(): void {
    this.isOver = true;
  }
}

/** Three brokers in virtual time, one honest client of each, and any number of others. */
export class FuzzTarget {
  readonly known: Known;
  readonly #cluster: Cluster;
  readonly #entrance: Entrance;
  readonly #honest = new Map<number, Line>();

  constructor(seed: number, topics: readonly string[]) {
    const { cluster, world } = buildCluster({ seed, startMs: 1_700_000_000_000, config });
    this.#cluster = cluster;
    this.#entrance = new Entrance({ world });
    for (const brokerId of brokerIds) {
      this.#entrance.operate('advertise', brokerId, 'localhost', 9091 + brokerId);
    }
    this.#entrance.operate('start');
    this.pass(100);
    for (const brokerId of brokerIds) this.#honest.set(brokerId, this.open(brokerId));
    const created = this.#ask(1, apis.CreateTopics, {
      topics: [canary, ...topics].map((name) => ({
        name,
        numPartitions: 2,
        replicationFactor: -1,
        assignments: [],
        configs: [],
      })),
      timeoutMs: 1000,
      validateOnly: false,
    });
    const ids = new Map(created.topics.map(({ name, topicId }) => [name, topicId]));
    this.known = { topics, topicIds: topics.map((name) => ids.get(name)!) };
  }

  open(brokerId: number): Line {
    const line = new Line();
    line.connection = this.#entrance.opened({ brokerId, host: '127.0.0.1' }, line);
    this.pass(0);
    return line;
  }

  /** The chunk is overwritten afterwards, as the read buffer of a socket is. */
  send(line: Line, chunk: Buffer): void {
    this.#entrance.received(line.connection!, chunk);
    chunk.fill(0xdb);
    this.pass(0);
  }

  leave(line: Line): void {
    this.#entrance.closed(line.connection!);
    this.pass(0);
  }

  pass(durationMs: number): void {
    this.#cluster.clock.advanceTo(this.#cluster.clock.now() + durationMs);
  }

  /** Whether everybody else still works: asked of every broker, answered in whole messages. */
  checkOthers(): void {
    for (const brokerId of brokerIds) {
      const { errorCode } = this.#ask(brokerId, apis.ApiVersions, {
        clientSoftwareName: 'fuzz',
        clientSoftwareVersion: '1',
      });
      assert(errorCode === 0, `ApiVersions answers ${errorCode}`);
      const metadata = this.#ask(brokerId, apis.Metadata, {
        topics: [{ topicId: zeroUuid, name: canary }],
        allowAutoTopicCreation: false,
        includeClusterAuthorizedOperations: false,
        includeTopicAuthorizedOperations: false,
      });
      assert(metadata.brokers.length === brokerIds.length, 'Metadata misses a broker');
      const [topic] = metadata.topics;
      assert(topic?.errorCode === 0, `the canary topic has error ${topic?.errorCode}`);
      this.#produce(topic.partitions[0]!.leaderId, topic.topicId);
    }
  }

  #produce(leaderId: number, topicId: string): void {
    const value = Buffer.from('still here');
    const records = [
      buildBatch([{ timestampMs: 1_700_000_000_000, key: null, value, headers: [] }]),
    ];
    const { responses } = this.#ask(leaderId, apis.Produce, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ topicId, name: canary, partitionData: [{ index: 0, records }] }],
    });
    const errorCode = responses[0]?.partitionResponses[0]?.errorCode;
    assert(errorCode === 0, `Produce to the canary topic answers ${errorCode}`);
  }

  #ask<Q, S>(brokerId: number, api: Api<Q, S>, body: NoInfer<Q>): S {
    const line = this.#honest.get(brokerId)!;
    const version = api.versions[1];
    const replies = line.replies;
    this.send(line, encodeRequest(api, version, 7, 'honest', body));
    for (let waitedMs = 0; line.replies === replies && waitedMs < patienceMs; waitedMs += 10) {
      this.pass(10);
    }
    assert(!line.isOver, `${api.name} closed the connection of an honest client`);
    assert(line.replies === replies + 1, `${api.name} was not answered within ${patienceMs} ms`);
    return decodeResponse(api, version, line.last!).body;
  }
}

const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA';
