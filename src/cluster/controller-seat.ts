import { QuorumController } from '../controller/quorum-controller.ts';
import { QuorumStore } from '../controller/raft/quorum-store.ts';
import type { Clock } from '../simulation/clock.ts';
import { Process } from '../simulation/process.ts';
import type { NodeState } from './broker-seat.ts';

type ControllerOptions = ConstructorParameters<typeof QuorumController>[0];

interface ControllerSeatOptions {
  readonly nodeId: number;
  readonly clock: Clock;
  /** What a controller needs of the cluster around it. */
  readonly surroundings: (
    process: Process,
    start: number,
  ) => Omit<ControllerOptions, 'nodeId' | 'store' | 'clock'>;
  /** A process has ended, and its connections with it. */
  readonly ended: (process: Process) => void;
}

interface Running {
  readonly process: Process;
  readonly controller: QuorumController;
}

/** A controller's place in the quorum: vote and log stay while its process comes and goes. */
export class ControllerSeat {
  readonly store = new QuorumStore();
  readonly #options: ControllerSeatOptions;
  #starts = 0;
  #running: Running | undefined;

  constructor(options: ControllerSeatOptions) {
    this.#options = options;
  }

  get state(): NodeState {
    if (this.#running === undefined) return 'stopped';
    return this.#running.process.isPaused ? 'paused' : 'running';
  }

  get process(): Process | undefined {
    return this.#running?.process;
  }

  get controller(): QuorumController | undefined {
    return this.#running?.controller;
  }

  /** Does nothing while a process runs. */
  start(): void {
    if (this.#running !== undefined) return;
    const { nodeId, clock, surroundings } = this.#options;
    const process = new Process(nodeId, clock);
    const { store } = this;
    const controller = new QuorumController({
      ...surroundings(process, ++this.#starts),
      nodeId,
      store,
      clock: process,
    });
    this.#running = { process, controller };
    controller.start();
  }

  /** Ends the process as `kill -9` does. Does nothing when none runs. */
  crash(): void {
    this.controller?.emit({ type: 'controller-crashed' });
    this.#end(this.#running);
  }

  /** Lets the process hand over its leadership and end, as SIGTERM does. */
  shutdown(): void {
    const running = this.#running;
    running?.process.deliver(() => {
      running.controller.shutdown(() => {
        running.controller.emit({ type: 'controller-stopped' });
        this.#end(running);
      });
    });
  }

  pause(): void {
    if (this.state !== 'running') return;
    this.process?.pause();
    this.controller?.emit({ type: 'controller-paused' });
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.controller?.emit({ type: 'controller-resumed' });
    this.process?.resume();
  }

  #end(running: Running | undefined): void {
    if (running === undefined || this.#running !== running) return;
    this.#running = undefined;
    running.process.end();
    running.controller.stop();
    this.#options.ended(running.process);
  }
}
