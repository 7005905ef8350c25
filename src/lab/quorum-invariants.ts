import type { Cluster } from '../cluster/cluster.ts';
import type { MetadataBatch } from '../controller/raft/metadata-log.ts';
import type { RaftNode } from '../controller/raft/raft-node.ts';
import { mustHold } from './invariant-broken.ts';

/** What must hold of the controllers after every event: I-19 to I-25 of docs/SIMULATION.md. */
export class QuorumInvariants {
  readonly #cluster: Cluster;
  readonly #leaders = new Map<number, number>();
  readonly #epochs = new Map<number, number>();
  /** What has been committed, by where each batch begins. */
  readonly #committed = new Map<number, MetadataBatch>();
  /** How far each voter's log has been found to agree with that. */
  readonly #verified = new Map<number, number>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  check(): void {
    for (const voterId of this.#cluster.controllerIds) {
      const { election, log } = this.#cluster.quorumStore(voterId);
      const before = this.#epochs.get(voterId) ?? 0;
      mustHold('I-20', election.epoch >= before, () => {
        return `the epoch of controller ${voterId} fell from ${before} to ${election.epoch}`;
      });
      this.#epochs.set(voterId, election.epoch);
      mustHold('I-24', log.startOffset === log.snapshot.offset, () => {
        return `the log of ${voterId} starts at ${log.startOffset} without a snapshot`;
      });
      const node = this.#cluster.controller(voterId)?.node;
      if (node !== undefined) this.#checkNode(voterId, node);
    }
  }

  #checkNode(voterId: number, node: RaftNode): void {
    const { role, epoch, leaderId } = node;
    const facts = () => `controller ${voterId} is ${role.name} in epoch ${epoch} of ${leaderId}`;
    const isFollower = role.name === 'follower';
    mustHold('I-25', !isFollower || (leaderId !== undefined && leaderId !== voterId), facts);
    mustHold('I-25', role.name !== 'unattached' || leaderId === undefined, facts);
    this.#checkCommitted(voterId, node);
    if (role.name !== 'leader') return;
    mustHold('I-25', leaderId === voterId, facts);
    const known = this.#leaders.get(epoch) ?? voterId;
    this.#leaders.set(epoch, known);
    mustHold('I-19', known === voterId, () => `${known} and ${voterId} both lead epoch ${epoch}`);
    this.#checkMajority(node);
  }

  #checkMajority({ replica }: RaftNode): void {
    const { highWatermark } = replica.committed;
    const epoch = replica.log.epochBefore(highWatermark);
    const { controllerIds } = this.#cluster;
    const holders = controllerIds.filter((voterId) => {
      const { log } = this.#cluster.quorumStore(voterId);
      return log.endOffset >= highWatermark && log.epochBefore(highWatermark) === epoch;
    });
    mustHold('I-21', holders.length * 2 > controllerIds.length, () => {
      return `only ${holders} hold the metadata log up to ${highWatermark}, which is committed`;
    });
  }

  #checkCommitted(voterId: number, { replica }: RaftNode): void {
    const { highWatermark } = replica.committed;
    const from = Math.max(this.#verified.get(voterId) ?? 0, replica.log.startOffset);
    if (highWatermark <= from) return;
    for (const batch of replica.log.read(from, highWatermark)) {
      const known = this.#committed.get(batch.baseOffset) ?? batch;
      this.#committed.set(batch.baseOffset, known);
      mustHold('I-22', known.epoch === batch.epoch && known.records === batch.records, () => {
        return `controller ${voterId} has something else committed at ${batch.baseOffset}`;
      });
    }
    this.#verified.set(voterId, highWatermark);
  }
}
