import type { CallControllerNode } from '../broker/broker.ts';
import type { ConfigMap } from '../config/dynamic-configs.ts';
import type { Knobs } from '../config/knobs.ts';
import { type ClusterMetadata, emptyMetadata } from '../controller/cluster-metadata.ts';
import type { ControllerEvent } from '../controller/controller-event.ts';
import type { CallVoter } from '../controller/raft/messages.ts';
import type { MetadataBatch } from '../controller/raft/metadata-log.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Process } from '../simulation/process.ts';
import type { Random } from '../simulation/random.ts';
import type { Calls } from './calls.ts';
import { ControllerSeat } from './controller-seat.ts';

interface ControllersOptions {
  readonly ids: readonly number[];
  readonly clock: Clock;
  readonly random: Random;
  readonly calls: Calls;
  readonly configs: ConfigMap;
  readonly knobs: Knobs;
  readonly emit: (nodeId: number, event: ControllerEvent) => void;
}

/** The controllers of a cluster, and the ways to them. */
export class Controllers {
  readonly ids: readonly number[];
  readonly #options: ControllersOptions;
  readonly #seats: ReadonlyMap<number, ControllerSeat>;
  #metadata = emptyMetadata;

  constructor(options: ControllersOptions) {
    const { ids, clock, calls } = options;
    this.ids = ids;
    this.#options = options;
    const seatOf = (nodeId: number) =>
      new ControllerSeat({
        nodeId,
        clock,
        surroundings: (process, start) => this.#surroundings(process, nodeId, start),
        ended: (process) => calls.ended(process),
      });
    this.#seats = new Map(ids.map((nodeId) => [nodeId, seatOf(nodeId)]));
  }

  /** The newest that any of them knows to be committed. */
  get metadata(): ClusterMetadata {
    return this.#metadata;
  }

  /** Who decides at present. One that has been cut off may still believe that it does. */
  get active(): number | undefined {
    const epochOf = (id: number) => this.#seats.get(id)!.store.election.epoch;
    return this.ids
      .filter((id) => this.#seats.get(id)!.controller?.isActive)
      .sort((a, b) => epochOf(b) - epochOf(a))[0];
  }

  seat(nodeId: number): ControllerSeat | undefined {
    return this.#seats.get(nodeId);
  }

  callVoter(from: Process): CallVoter {
    return (voterId, name, request, reply) => {
      const seat = this.#seats.get(voterId);
      const controller = seat?.controller;
      this.#options.calls.call<Parameters<typeof reply>[0]>({
        from,
        to: seat?.process,
        plane: 'controller',
        label: name,
        handle: (respond) => controller?.node.handle(name, request, respond),
        reply,
      });
    };
  }

  callController(from: Process): CallControllerNode {
    return (nodeId, name, request, reply) => {
      const seat = this.#seats.get(nodeId);
      const controller = seat?.controller;
      this.#options.calls.call<Parameters<typeof reply>[0]>({
        from,
        to: seat?.process,
        plane: 'controller',
        label: name,
        handle: (respond) => controller?.handle(name, request, respond),
        reply,
      });
    };
  }

  #surroundings(process: Process, nodeId: number, start: number) {
    const { ids, random, configs, knobs, emit } = this.#options;
    return {
      voters: ids,
      random: random.fork(`controller ${nodeId} start ${start}`),
      configs,
      knobs,
      call: this.callVoter(process),
      emit: (event: ControllerEvent) => emit(nodeId, event),
      committed: (batches: readonly MetadataBatch[], metadata: ClusterMetadata) =>
        this.#committed(nodeId, batches, metadata),
    };
  }

  #committed(nodeId: number, batches: readonly MetadataBatch[], metadata: ClusterMetadata): void {
    const known = this.#metadata.offset;
    if (metadata.offset <= known) return;
    this.#metadata = metadata;
    for (const { baseOffset, records } of batches) {
      records.forEach((record, index) => {
        const offset = baseOffset + index;
        if (offset < known) return;
        this.#options.emit(nodeId, { type: 'metadata-committed', offset, record });
      });
    }
  }
}
