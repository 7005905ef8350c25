import { assert } from '../../../src/assert.ts';
import { Calls } from '../../../src/cluster/calls.ts';
import type { ClusterMetadata } from '../../../src/controller/cluster-metadata.ts';
import type { MetadataRecord } from '../../../src/controller/metadata-records.ts';
import type { LeaderState } from '../../../src/controller/raft/leader-state.ts';
import type { CallVoter } from '../../../src/controller/raft/messages.ts';
import type { MetadataBatch } from '../../../src/controller/raft/metadata-log.ts';
import { QuorumStore } from '../../../src/controller/raft/quorum-store.ts';
import type { RaftEvent } from '../../../src/controller/raft/raft-event.ts';
import { RaftNode } from '../../../src/controller/raft/raft-node.ts';
import type { RaftSettings } from '../../../src/controller/raft/raft-settings.ts';
import { type Clock, VirtualClock } from '../../../src/simulation/clock.ts';
import { Network } from '../../../src/simulation/network.ts';
import { Process } from '../../../src/simulation/process.ts';
import { Random } from '../../../src/simulation/random.ts';

interface Seat {
  readonly store: QuorumStore;
  starts: number;
  /** The highest epoch that was ever seen in it. */
  epoch: number;
  running: { readonly process: Process; readonly node: RaftNode } | undefined;
}

interface QuorumOptions {
  readonly voters: number;
  readonly seed?: number;
  readonly recordsBetweenSnapshots?: number;
  /** How long a message takes; elections overlap when it is near the election timeout. */
  readonly latencyMs?: number;
}

/** Controllers that agree on a log, without the rest of a cluster, and a checker beside them. */
export class Quorum {
  readonly clock = new VirtualClock(0);
  readonly network: Network;
  readonly voters: readonly number[];
  /** Every record that was ever said to be committed, at its offset. */
  readonly history: MetadataRecord[] = [];
  readonly events: { readonly node: number; readonly event: RaftEvent }[] = [];
  /** Who may decide at present, in its own eyes. */
  readonly claimed = new Map<number, LeaderState>();
  readonly #calls: Calls;
  readonly #checked: Clock;
  readonly #seats = new Map<number, Seat>();
  readonly #leaders = new Map<number, number>();
  readonly #settings: RaftSettings;
  readonly #random: Random;
  #appended = 0;

  constructor(options: QuorumOptions) {
    this.voters = Array.from({ length: options.voters }, (_, index) => index + 1);
    this.#random = new Random(options.seed ?? 1);
    this.#settings = {
      electionTimeoutMs: 100,
      electionBackoffMaxMs: 100,
      fetchTimeoutMs: 300,
      retryBackoffMs: 20,
      recordsBetweenSnapshots: options.recordsBetweenSnapshots ?? 1_000_000,
    };
    const { clock } = this;
    this.#checked = {
      now: () => clock.now(),
      atInstantEnd: (run) => clock.atInstantEnd(run),
      after: (delayMs, run) =>
        clock.after(delayMs, () => {
          run();
          this.#check();
        }),
    };
    this.network = new Network({
      clock: this.#checked,
      random: this.#random.fork('network'),
      emit: () => undefined,
    });
    this.#calls = new Calls(this.#checked, this.network);
    const { latencyMs = 0 } = options;
    for (const from of this.voters) {
      for (const to of this.voters) this.network.setLink({ from, to }, { latencyMs });
    }
    for (const voterId of this.voters) {
      const seat = { store: new QuorumStore(), starts: 0, epoch: 0, running: undefined };
      this.#seats.set(voterId, seat);
    }
    for (const voterId of this.voters) this.start(voterId);
  }

  advance(durationMs: number): void {
    this.clock.advanceTo(this.clock.now() + durationMs);
  }

  node(voterId: number): RaftNode | undefined {
    return this.#seats.get(voterId)!.running?.node;
  }

  store(voterId: number): QuorumStore {
    return this.#seats.get(voterId)!.store;
  }

  /** The running nodes that believe to lead, those of the newest epoch first. */
  leaders(): RaftNode[] {
    return this.voters
      .map((voterId) => this.node(voterId))
      .filter((node) => node?.role.name === 'leader')
      .map((node) => node!)
      .sort((a, b) => b.epoch - a.epoch);
  }

  start(voterId: number): void {
    const seat = this.#seats.get(voterId)!;
    if (seat.running !== undefined) return;
    const process = new Process(voterId, this.#checked);
    const node = new RaftNode({
      nodeId: voterId,
      voters: this.voters,
      store: seat.store,
      clock: process,
      random: this.#random.fork(`${voterId} start ${++seat.starts}`),
      settings: () => this.#settings,
      call: this.#callFrom(process),
      emit: (event) => this.#emitted(voterId, event),
      committed: (batches, metadata) => this.#committed(batches, metadata),
      claimed: (leader) => this.claimed.set(voterId, leader),
      renounced: () => this.claimed.delete(voterId),
    });
    seat.running = { process, node };
    node.start();
    this.#check();
  }

  crash(voterId: number): void {
    const seat = this.#seats.get(voterId)!;
    if (seat.running === undefined) return;
    const { process, node } = seat.running;
    seat.running = undefined;
    process.end();
    node.stop();
    this.#calls.ended(process);
  }

  pause(voterId: number): void {
    this.#seats.get(voterId)!.running?.process.pause();
  }

  resume(voterId: number): void {
    this.#seats.get(voterId)!.running?.process.resume();
  }

  /** Appends at `voterId`, if it may; the outcome comes later. */
  append(voterId: number): { outcome: boolean | undefined } | undefined {
    const leader = this.claimed.get(voterId);
    if (leader === undefined) return undefined;
    const nextProducerId = ++this.#appended;
    const record = { type: 'producer-ids', brokerId: 1, nextProducerId } as const;
    leader.append([record]);
    const answer: { outcome: boolean | undefined } = { outcome: undefined };
    leader.whenDecided((committed) => {
      answer.outcome = committed;
      if (committed) assert(this.history.includes(record), 'what was promised is committed');
    });
    this.#check();
    return answer;
  }

  #callFrom(from: Process): CallVoter {
    return (voterId, name, request, reply) => {
      const running = this.#seats.get(voterId)!.running;
      this.#calls.call<Parameters<typeof reply>[0]>({
        from,
        to: running?.process,
        plane: 'controller',
        label: name,
        handle: (respond) => running?.node.handle(name, request, respond),
        reply,
      });
    };
  }

  #emitted(node: number, event: RaftEvent): void {
    this.events.push({ node, event });
    const isLeader = this.node(node)?.role.name === 'leader';
    const loads = event.type === 'metadata-snapshot' && event.origin === 'fetched';
    assert(!(isLeader && loads), 'I-24: a leader loads a snapshot');
  }

  /** I-22, I-23: all agree on what is committed, and on what it makes of the cluster. */
  #committed(batches: readonly MetadataBatch[], metadata: ClusterMetadata): void {
    for (const { baseOffset, records } of batches) {
      records.forEach((record, index) => {
        const offset = baseOffset + index;
        assert(offset <= this.history.length, 'I-22: a gap before what is committed');
        if (offset === this.history.length) this.history.push(record);
        assert(this.history[offset] === record, `I-22: another record is committed at ${offset}`);
      });
    }
    const before = this.history.slice(0, metadata.offset);
    const last = before.findLast((record) => record.type === 'producer-ids');
    const expected = last?.type === 'producer-ids' ? last.nextProducerId : 0;
    assert(metadata.nextProducerId === expected, 'I-23: an image that its log does not make');
  }

  #check(): void {
    for (const [voterId, seat] of this.#seats) {
      const { epoch, leaderId } = seat.store.election;
      assert(epoch >= seat.epoch, `I-20: the epoch of ${voterId} goes back`);
      seat.epoch = epoch;
      if (leaderId !== undefined) {
        const known = this.#leaders.get(epoch) ?? leaderId;
        assert(known === leaderId, `I-19: ${known} and ${leaderId} lead epoch ${epoch}`);
        this.#leaders.set(epoch, known);
      }
      if (seat.running !== undefined) this.#checkRole(voterId, seat.running.node);
    }
  }

  #checkRole(voterId: number, { role, leaderId, replica }: RaftNode): void {
    const { highWatermark, metadata } = replica.committed;
    assert(metadata.offset === highWatermark, 'I-23: the image is that of the high watermark');
    if (role.name === 'unattached') assert(leaderId === undefined, 'I-25: attached to a leader');
    if (role.name === 'follower') assert(leaderId !== voterId, 'I-25: follows itself');
    if (role.name === 'leader') assert(leaderId === voterId, 'I-25: a leader knows that it leads');
    this.#checkMajority(highWatermark);
  }

  /** I-21: what is committed is on a majority. */
  #checkMajority(highWatermark: number): void {
    const holders = this.voters.filter(
      (voterId) => this.store(voterId).log.endOffset >= highWatermark,
    );
    const isMajority = holders.length * 2 > this.voters.length;
    assert(isMajority, `I-21: only ${holders} hold all before ${highWatermark}`);
  }
}
